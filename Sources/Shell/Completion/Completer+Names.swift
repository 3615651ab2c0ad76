extension Completer {
  /// Names of one kind that go on with `current`.
  func names(_ kind: NameKind, _ current: String, of reference: String?, statement: String) -> [Candidate] {
    if current.hasPrefix("'"), ![.enumLabel, .settingValue, .extensionVersion, .timezone].contains(kind) { return [] }
    switch kind {
    case .columns: return columns(current, in: statement)
    case .setting: return settings(current)
    case .settingValue: return reference.map { settingValues(current, of: $0) } ?? []
    case .timezone: return literals(DependentNames.timezones, current, folds: true)
    case .encoding: return plain(DependentNames.encodings, current)
    case .channel: return plain(DependentNames.channels, current)
    case .extensionVersion: return reference.map { literals(kind, current, of: $0) } ?? []
    case .enumLabel: return reference.map { literals(kind, current, of: $0) } ?? []
    case .file: return FileNames.candidates(for: current, quoting: .always)
    case .nothing: return []
    case .storageParameter: return Completer.storageParameters.compactMap { keyword($0, for: current) }
    case .relationColumn: return relationColumn(current)
    default: break
    }
    if DependentNames.query(for: kind) != nil {
      return reference.map { dependent(kind, TypedName(current), of: $0) } ?? []
    }
    return CatalogNames.names(of: kind).map { catalog($0, current, of: reference, kind) } ?? []
  }

  // MARK: From the catalogs

  private func catalog(
    _ names: CatalogNames, _ current: String, of reference: String?, _ kind: NameKind
  ) -> [Candidate] {
    let pattern = TypedName(current)
    let extra = names.dependent.isEmpty ? [] : [TypedName(reference ?? "").prefix]
    let like = Completer.like(pattern.prefix)
    let suffix = kind == .function || kind == .callable || kind == .aggregate ? "(" : " "
    if let schema = pattern.parts.last {
      guard pattern.parts.count == 1, let query = names.qualified else { return [] }
      let qualifier = Completer.identifier(schema, asTyped: pattern.qualifier)
      return context.query(query, [like, schema] + extra).map {
        Candidate(qualifier + "." + requoted($0, pattern), suffix: suffix)
      }
    }
    var candidates = context.query(names.unqualified, [like] + extra).map {
      Candidate(requoted($0, pattern), suffix: suffix)
    }
    if names.namespace != nil, names.dependent.isEmpty || candidates.isEmpty { candidates += schemas(pattern) }
    return candidates
  }

  /// Schemas with a dot, to go on with.
  private func schemas(_ pattern: TypedName) -> [Candidate] {
    guard let names = CatalogNames.names(of: .schema) else { return [] }
    return context.query(names.unqualified, [Completer.like(pattern.prefix)]).compactMap { name in
      if name == "information_schema", pattern.prefix.isEmpty { return nil }
      return Candidate(requoted(name, pattern) + ".", suffix: "")
    }
  }

  private func dependent(_ kind: NameKind, _ pattern: TypedName, of reference: String) -> [Candidate] {
    guard pattern.parts.isEmpty, let query = DependentNames.query(for: kind) else { return [] }
    let names = TypedName(reference)
    let schema = names.parts.last ?? ""
    return context.query(query, [Completer.like(pattern.prefix), names.prefix, schema]).map {
      Candidate(requoted($0, pattern), suffix: " ")
    }
  }

  private func plain(_ query: String, _ current: String) -> [Candidate] {
    context.query(query, [Completer.like(current)]).map { Candidate($0) }
  }

  // MARK: Literals

  private func literals(_ kind: NameKind, _ current: String, of reference: String) -> [Candidate] {
    guard let query = DependentNames.query(for: kind) else { return [] }
    let names = TypedName(reference)
    let typed = current.hasPrefix("'") ? String(current.dropFirst()) : current
    return context.query(query, [Completer.like(typed), names.prefix, names.parts.last ?? ""]).map { Candidate($0) }
  }

  private func literals(_ query: String, _ current: String, folds: Bool) -> [Candidate] {
    let typed = current.hasPrefix("'") ? String(current.dropFirst()) : current
    return context.query(query, [Completer.like(typed)]).map { Candidate($0) }
  }

  // MARK: Settings

  /// Names of settings; those with a dot come in two steps.
  private func settings(_ current: String) -> [Candidate] {
    let typed = current.lowercased()
    let found = context.query(DependentNames.settings, [Completer.like(typed)])
    if typed.contains(".") { return found.map { Candidate($0) } }
    return found.map { name in
      guard let dot = name.firstIndex(of: ".") else { return Candidate(name) }
      return Candidate(String(name[...dot]), suffix: "")
    }
  }

  private func settingValues(_ current: String, of setting: String) -> [Candidate] {
    let name = TypedName(setting).names.joined(separator: ".")
    let words: [String]
    switch name {
    case "timezone", "time zone", "log_timezone":
      return literals(DependentNames.timezones, current, folds: true)
        + ["DEFAULT", "LOCAL"].compactMap { keyword($0, for: current) }
    case "search_path": return names(.schema, current, of: nil, statement: "") + keywords("DEFAULT", current)
    case "role", "session_authorization": return names(.role, current, of: nil, statement: "")
    case "default_tablespace", "temp_tablespaces":
      return names(.tablespace, current, of: nil, statement: "") + keywords("DEFAULT", current)
    case "default_text_search_config": return names(.configuration, current, of: nil, statement: "")
    case "client_encoding": return names(.encoding, current, of: nil, statement: "")
    case "datestyle":
      words = ["iso", "sql", "german", "postgres", "ymd", "dmy", "mdy", "us", "european", "noneuropean"]
    default:
      let answer = context.query(DependentNames.settingValues, [name])
      words = answer == ["bool"] ? ["on", "off", "true", "false", "yes", "no", "1", "0"] : answer
    }
    let typed = current.lowercased()
    let quotes = current.hasPrefix("'")
    let plain = quotes ? String(typed.dropFirst()) : typed
    return words.filter { $0.lowercased().hasPrefix(plain) }.map { word in
      let isBare = word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
      return Candidate(quotes || !isBare ? "'\(word)'" : word)
    } + keywords("DEFAULT", current)
  }

  private func keywords(_ word: String, _ current: String) -> [Candidate] {
    keyword(word, for: current).map { [$0] } ?? []
  }

  // MARK: Columns

  /// Columns of the tables that the statement names, or of the one that `alias.` stands for.
  private func columns(_ current: String, in statement: String) -> [Candidate] {
    let pattern = TypedName(current)
    let tables = TableReference.all(in: statement)
    guard let query = DependentNames.query(for: .column) else { return [] }
    var candidates: [Candidate] = []
    if pattern.parts.isEmpty {
      for table in tables {
        candidates += context.query(query, [Completer.like(pattern.prefix), table.name, table.schema]).map {
          Candidate(requoted($0, pattern))
        }
        // Names to qualify columns with.
        if tables.count > 1, table.alias.hasPrefix(pattern.prefix), !pattern.prefix.isEmpty {
          candidates.append(Candidate(Completer.identifier(table.alias, asTyped: "") + ".", suffix: ""))
        }
      }
      return candidates
    }
    let wanted = pattern.parts.last ?? ""
    for table in tables where table.alias == wanted {
      candidates += context.query(query, [Completer.like(pattern.prefix), table.name, table.schema]).map {
        Candidate(pattern.qualifier + requoted($0, pattern))
      }
    }
    return candidates
  }

  /// A relation, or once it is written with its dot, its columns.
  private func relationColumn(_ current: String) -> [Candidate] {
    let pattern = TypedName(current)
    if let table = pattern.parts.last, let query = DependentNames.query(for: .column) {
      let schema = pattern.parts.dropLast().last ?? ""
      let columns = context.query(query, [Completer.like(pattern.prefix), table, schema]).map {
        Candidate(pattern.qualifier + requoted($0, pattern))
      }
      if !columns.isEmpty { return columns }
    }
    return names(.relation, current, of: nil, statement: "").map {
      var candidate = $0
      if candidate.suffix == " " {
        candidate.text += "."
        candidate.suffix = ""
      }
      return candidate
    }
  }

  private static let storageParameters = """
    autovacuum_enabled autovacuum_analyze_scale_factor autovacuum_analyze_threshold autovacuum_freeze_max_age \
    autovacuum_freeze_min_age autovacuum_freeze_table_age autovacuum_multixact_freeze_max_age \
    autovacuum_multixact_freeze_min_age autovacuum_multixact_freeze_table_age autovacuum_vacuum_cost_delay \
    autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold \
    autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold fillfactor log_autovacuum_min_duration parallel_workers \
    toast_tuple_target user_catalog_table vacuum_index_cleanup vacuum_truncate
    """.split(separator: " ").map(String.init)

  // MARK: Text

  /// A name as the server quoted it, in quotes anyway if the person began one.
  private func requoted(_ identifier: String, _ pattern: TypedName) -> String {
    pattern.isQuoted ? TypedName.quoted(TypedName.unquoted(identifier)) : identifier
  }

  /// A schema as an identifier: as typed if it was in quotes, else folded and quoted where it must be.
  static func identifier(_ name: String, asTyped typed: String) -> String {
    let isPlain = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
    if typed.hasPrefix("\"") || !isPlain || name.first?.isNumber ?? true { return TypedName.quoted(name) }
    return name
  }

  static func like(_ prefix: String) -> String {
    var pattern = ""
    for character in prefix {
      if character == "%" || character == "_" || character == "\\" { pattern += "\\" }
      pattern.append(character)
    }
    return pattern + "%"
  }
}
