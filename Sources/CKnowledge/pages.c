// The registry: each page of the folder as an array, and its line in the list below. A test compares it with the folder.
#include "CKnowledge.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char aborted_transaction[] = {
#embed "pages/aborted-transaction.md"
};
static const unsigned char add_not_null_column[] = {
#embed "pages/add-not-null-column.md"
};
static const unsigned char change_column_type[] = {
#embed "pages/change-column-type.md"
};
static const unsigned char check_constraint_online[] = {
#embed "pages/check-constraint-online.md"
};
static const unsigned char composite_index[] = {
#embed "pages/composite-index.md"
};
static const unsigned char connection_exhaustion[] = {
#embed "pages/connection-exhaustion.md"
};
static const unsigned char connection_headroom[] = {
#embed "pages/connection-headroom.md"
};
static const unsigned char connection_pooling[] = {
#embed "pages/connection-pooling.md"
};
static const unsigned char constraint_violation[] = {
#embed "pages/constraint-violation.md"
};
static const unsigned char conv_index_fk[] = {
#embed "pages/conv-index-fk.md"
};
static const unsigned char deadlock[] = {
#embed "pages/deadlock.md"
};
static const unsigned char disk_full[] = {
#embed "pages/disk-full.md"
};
static const unsigned char drop_column[] = {
#embed "pages/drop-column.md"
};
static const unsigned char drop_index_safely[] = {
#embed "pages/drop-index-safely.md"
};
static const unsigned char duplicate_indexes[] = {
#embed "pages/duplicate-indexes.md"
};
static const unsigned char duplicate_key[] = {
#embed "pages/duplicate-key.md"
};
static const unsigned char foreign_key_online[] = {
#embed "pages/foreign-key-online.md"
};
static const unsigned char idle_in_transaction[] = {
#embed "pages/idle-in-transaction.md"
};
static const unsigned char index_bloat_reindex[] = {
#embed "pages/index-bloat-reindex.md"
};
static const unsigned char index_concurrently[] = {
#embed "pages/index-concurrently.md"
};
static const unsigned char index_design[] = {
#embed "pages/index-design.md"
};
static const unsigned char jsonb_gin[] = {
#embed "pages/jsonb-gin.md"
};
static const unsigned char lock_timeout_index[] = {
#embed "pages/lock-timeout-index.md"
};
static const unsigned char migration_failed_midway[] = {
#embed "pages/migration-failed-midway.md"
};
static const unsigned char orphaned_prepared_transactions[] = {
#embed "pages/orphaned-prepared-transactions.md"
};
static const unsigned char partial_index[] = {
#embed "pages/partial-index.md"
};
static const unsigned char permission_denied[] = {
#embed "pages/permission-denied.md"
};
static const unsigned char plan_regression[] = {
#embed "pages/plan-regression.md"
};
static const unsigned char replication_lag[] = {
#embed "pages/replication-lag.md"
};
static const unsigned char sequence_out_of_sync[] = {
#embed "pages/sequence-out-of-sync.md"
};
static const unsigned char standby_conflict[] = {
#embed "pages/standby-conflict.md"
};
static const unsigned char statement_timeout[] = {
#embed "pages/statement-timeout.md"
};
static const unsigned char table_bloat[] = {
#embed "pages/table-bloat.md"
};
static const unsigned char time_series_partitioning[] = {
#embed "pages/time-series-partitioning.md"
};
static const unsigned char unused_indexes[] = {
#embed "pages/unused-indexes.md"
};
static const unsigned char vacuum_xmin_horizon[] = {
#embed "pages/vacuum-xmin-horizon.md"
};

#define PAGE(id, bytes) {id, bytes, sizeof bytes}

static const struct pgmedic_page list[] = {
  PAGE("aborted-transaction", aborted_transaction),
  PAGE("add-not-null-column", add_not_null_column),
  PAGE("change-column-type", change_column_type),
  PAGE("check-constraint-online", check_constraint_online),
  PAGE("composite-index", composite_index),
  PAGE("connection-exhaustion", connection_exhaustion),
  PAGE("connection-headroom", connection_headroom),
  PAGE("connection-pooling", connection_pooling),
  PAGE("constraint-violation", constraint_violation),
  PAGE("conv-index-fk", conv_index_fk),
  PAGE("deadlock", deadlock),
  PAGE("disk-full", disk_full),
  PAGE("drop-column", drop_column),
  PAGE("drop-index-safely", drop_index_safely),
  PAGE("duplicate-indexes", duplicate_indexes),
  PAGE("duplicate-key", duplicate_key),
  PAGE("foreign-key-online", foreign_key_online),
  PAGE("idle-in-transaction", idle_in_transaction),
  PAGE("index-bloat-reindex", index_bloat_reindex),
  PAGE("index-concurrently", index_concurrently),
  PAGE("index-design", index_design),
  PAGE("jsonb-gin", jsonb_gin),
  PAGE("lock-timeout-index", lock_timeout_index),
  PAGE("migration-failed-midway", migration_failed_midway),
  PAGE("orphaned-prepared-transactions", orphaned_prepared_transactions),
  PAGE("partial-index", partial_index),
  PAGE("permission-denied", permission_denied),
  PAGE("plan-regression", plan_regression),
  PAGE("replication-lag", replication_lag),
  PAGE("sequence-out-of-sync", sequence_out_of_sync),
  PAGE("standby-conflict", standby_conflict),
  PAGE("statement-timeout", statement_timeout),
  PAGE("table-bloat", table_bloat),
  PAGE("time-series-partitioning", time_series_partitioning),
  PAGE("unused-indexes", unused_indexes),
  PAGE("vacuum-xmin-horizon", vacuum_xmin_horizon),
};

const struct pgmedic_page *const pgmedic_pages = list;
const size_t pgmedic_page_count = sizeof list / sizeof list[0];
