/// Kinds of names that a rule may offer.
enum NameKind: String, CaseIterable, Sendable {
  // In schemas
  case table, relation, updatable, view, index, sequence, function, procedure, routine, aggregate, type, domain
  case collation, statistics, conversion, materializedView = "materialized view", foreignTable = "foreign table"
  case partitionedTable = "partitioned table", composite, clusterable, vacuumable, indexable
  case configuration, dictionary, parser, template, opclass, opfamily, selectable, callable

  // Of the cluster and the database
  case database, role, schema, tablespace, `extension`, availableExtension = "available extension", language
  case wrapper, server, publication, subscription, eventTrigger = "event trigger", accessMethod = "access method"
  case indexMethod = "index method", tableMethod = "table method", encoding, setting, cursor, prepared, channel, slot

  // Of another word of the statement
  case column, constraint, trigger, rule, policy, indexOf = "index of", enumLabel = "enum label", partition
  case tableOfConstraint = "table of constraint", tableOfTrigger = "table of trigger", tableOfRule = "table of rule"
  case tableOfPolicy = "table of policy", extensionVersion = "extension version", settingValue = "setting value"
  case arguments, domainConstraint = "domain constraint", attribute, publicationTable = "publication table"

  // Of the whole statement
  case columns

  /// A relation, then its columns behind a dot.
  case relationColumn = "relation column"

  // Not from the catalogs of names
  case timezone, file, nothing, storageParameter = "storage parameter"
}
