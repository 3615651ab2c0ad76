import CLibEdit
import CShims
import Glibc

/// Which key does what: our defaults, then what the user's files say.
enum EditorBindings {
  static func install(in editor: LineEditor, files: [EditorFile]) {
    for (name, function) in EditorFunctions.all { withWide(name) { _ = shim_editor_add(editor.handle, $0, function) } }
    var isVi = false
    setMode(isVi: false, in: editor)
    for command in files.flatMap({ $0.commands() }) {
      apply(command, in: editor)
      if shim_editor_is_vi(editor.handle) != isVi {
        isVi.toggle()
        bindDefaults(isVi: isVi, in: editor)
      }
    }
  }

  private static func setMode(isVi: Bool, in editor: LineEditor) {
    withWide(isVi ? "vi" : "emacs") { _ = shim_editor_set_mode(editor.handle, $0) }
    bindDefaults(isVi: isVi, in: editor)
  }

  /// Changing the mode empties the key maps of everything else, so this follows every change.
  private static func bindDefaults(isVi: Bool, in editor: LineEditor) {
    for (key, function) in specialKeys {
      bind(
        String(Unicode.Scalar(UInt8(truncatingIfNeeded: key.rawValue))), to: function, in: editor, inCommandMap: false)
      if isVi {
        bind(
          String(Unicode.Scalar(UInt8(truncatingIfNeeded: key.rawValue))), to: function, in: editor, inCommandMap: true)
      }
    }
    for (key, function) in plainKeys + (isVi ? [] : emacsKeys) {
      bind(key, to: function, in: editor, inCommandMap: false)
    }
    if isVi {
      for key in ["\r", "\n"] { bind(key, to: "pgmedic-accept", in: editor, inCommandMap: true) }
      for (key, function) in [("k", "pgmedic-up"), ("j", "pgmedic-down"), ("\u{12}", "pgmedic-search")] {
        bind(key, to: function, in: editor, inCommandMap: true)
      }
    }
    // Without a UTF-8 locale libedit takes Latin letters for Meta keys.
    if case .utf8 = editor.encoding {
      for code in UInt8(0xA0)...0xFF {
        bind(String(Unicode.Scalar(code)), to: "ed-insert", in: editor, inCommandMap: false)
      }
    }
  }

  private static let specialKeys: [(SpecialKey, String)] = [
    (.up, "pgmedic-up"), (.down, "pgmedic-down"), (.left, "ed-prev-char"), (.right, "ed-next-char"),
    (.home, "pgmedic-line-start"), (.end, "pgmedic-line-end"), (.delete, "ed-delete-next-char"),
    (.wordLeft, "ed-prev-word"), (.wordRight, "em-next-word"), (.pageUp, "ed-search-prev-history"),
    (.pageDown, "ed-search-next-history"), (.insert, "em-toggle-overwrite"), (.deleteWord, "em-delete-next-word"),
    (.paste, "pgmedic-paste"), (.previousEntry, "ed-prev-history"), (.nextEntry, "ed-next-history"),
    (.refresh, "pgmedic-refresh"),
  ]

  private static let plainKeys = [
    ("\r", "pgmedic-accept"), ("\n", "pgmedic-accept"), ("\t", "pgmedic-complete"), ("\u{12}", "pgmedic-search"),
    ("\u{0c}", "pgmedic-clear"), ("\u{7f}", "ed-delete-prev-char"), ("\u{08}", "ed-delete-prev-char"),
    ("\u{17}", "ed-delete-prev-word"),
  ]

  private static let emacsKeys = [
    ("\u{01}", "pgmedic-line-start"), ("\u{05}", "pgmedic-line-end"), ("\u{10}", "pgmedic-up"),
    ("\u{0e}", "pgmedic-down"), ("\u{15}", "vi-kill-line-prev"),
    ("\u{1b}\r", "pgmedic-newline"), ("\u{1b}\n", "pgmedic-newline"), ("\u{1b}p", "ed-search-prev-history"),
    ("\u{1b}n", "ed-search-next-history"),
  ]

  private static func apply(_ command: EditorFile.Command, in editor: LineEditor) {
    switch command {
    case .mode(let isVi):
      if shim_editor_is_vi(editor.handle) != isVi {
        withWide(isVi ? "vi" : "emacs") { _ = shim_editor_set_mode(editor.handle, $0) }
      }
    case .bind(let keys, let function, let inCommandMap):
      var keys = keys
      if keys.hasPrefix("\u{1b}") {
        let sequence = String(keys.dropFirst())
        if let key = SpecialKey(sequence: sequence) {
          keys = String(Unicode.Scalar(UInt8(truncatingIfNeeded: key.rawValue)))
        } else {
          editor.keys.boundSequences.insert(sequence)
        }
      }
      bind(keys, to: function, in: editor, inCommandMap: inCommandMap)
    case .libedit(let words): parse(words, in: editor)
    case .quiet: editor.isQuiet = true
    }
  }

  private static func bind(_ key: String, to function: String, in editor: LineEditor, inCommandMap: Bool) {
    withWide(escaped(key)) { key in
      withWide(function) { _ = shim_editor_bind(editor.handle, key, $0, inCommandMap) }
    }
  }

  /// libedit reads `^X` and `\` in a key as escapes.
  private static func escaped(_ key: String) -> String {
    key.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar == "^" || scalar == "\\" { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
  }

  private static func parse(_ words: [String], in editor: LineEditor) {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var pointers = copies.map { UnsafePointer($0) } + [nil]
    _ = el_parse(editor.handle, Int32(words.count), &pointers)
  }

  private static func withWide(_ text: String, _ body: (UnsafePointer<wchar_t>) -> Void) {
    let wide = text.unicodeScalars.map { wchar_t(bitPattern: $0.value) } + [0]
    wide.withUnsafeBufferPointer { if let base = $0.baseAddress { body(base) } }
  }
}
