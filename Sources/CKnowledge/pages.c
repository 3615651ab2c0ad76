// The registry: each page of the folder as an array, and its line in the list below. A test compares it with the folder.
#include "CKnowledge.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char aborted_transaction[] = {
#embed "pages/aborted-transaction.md"
};
static const unsigned char add_not_null_column[] = {
#embed "pages/add-not-null-column.md"
};
static const unsigned char array_columns[] = {
#embed "pages/array-columns.md"
};
static const unsigned char authentication_failed[] = {
#embed "pages/authentication-failed.md"
};
static const unsigned char autovacuum_tuning[] = {
#embed "pages/autovacuum-tuning.md"
};
static const unsigned char backup_pg_dump[] = {
#embed "pages/backup-pg-dump.md"
};
static const unsigned char backup_wal_archiving[] = {
#embed "pages/backup-wal-archiving.md"
};
static const unsigned char batch_backfill[] = {
#embed "pages/batch-backfill.md"
};
static const unsigned char brin_index[] = {
#embed "pages/brin-index.md"
};
static const unsigned char bulk_load[] = {
#embed "pages/bulk-load.md"
};
static const unsigned char cannot_drop_dependents[] = {
#embed "pages/cannot-drop-dependents.md"
};
static const unsigned char change_column_type[] = {
#embed "pages/change-column-type.md"
};
static const unsigned char check_constraint_online[] = {
#embed "pages/check-constraint-online.md"
};
static const unsigned char check_fk_indexes[] = {
#embed "pages/check-fk-indexes.md"
};
static const unsigned char check_jsonb_index[] = {
#embed "pages/check-jsonb-index.md"
};
static const unsigned char check_reversible[] = {
#embed "pages/check-reversible.md"
};
static const unsigned char check_seq_scans[] = {
#embed "pages/check-seq-scans.md"
};
static const unsigned char check_where_indexes[] = {
#embed "pages/check-where-indexes.md"
};
static const unsigned char checkpoint_tuning[] = {
#embed "pages/checkpoint-tuning.md"
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
static const unsigned char conv_bigint_pk[] = {
#embed "pages/conv-bigint-pk.md"
};
static const unsigned char conv_citext[] = {
#embed "pages/conv-citext.md"
};
static const unsigned char conv_index_fk[] = {
#embed "pages/conv-index-fk.md"
};
static const unsigned char conv_index_names[] = {
#embed "pages/conv-index-names.md"
};
static const unsigned char conv_timestamptz[] = {
#embed "pages/conv-timestamptz.md"
};
static const unsigned char corrupted_index[] = {
#embed "pages/corrupted-index.md"
};
static const unsigned char count_fast[] = {
#embed "pages/count-fast.md"
};
static const unsigned char ctes_and_windows[] = {
#embed "pages/ctes-and-windows.md"
};
static const unsigned char data_corruption[] = {
#embed "pages/data-corruption.md"
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
static const unsigned char enum_change[] = {
#embed "pages/enum-change.md"
};
static const unsigned char exclude_constraint[] = {
#embed "pages/exclude-constraint.md"
};
static const unsigned char failover_promote[] = {
#embed "pages/failover-promote.md"
};
static const unsigned char fk_index_check[] = {
#embed "pages/fk-index-check.md"
};
static const unsigned char foreign_key_online[] = {
#embed "pages/foreign-key-online.md"
};
static const unsigned char full_text_search[] = {
#embed "pages/full-text-search.md"
};
static const unsigned char generic_plan[] = {
#embed "pages/generic-plan.md"
};
static const unsigned char ho_counter_cache[] = {
#embed "pages/ho-counter-cache.md"
};
static const unsigned char ho_default_scope[] = {
#embed "pages/ho-default-scope.md"
};
static const unsigned char ho_deploy_notes[] = {
#embed "pages/ho-deploy-notes.md"
};
static const unsigned char ho_scope[] = {
#embed "pages/ho-scope.md"
};
static const unsigned char ho_store_accessor[] = {
#embed "pages/ho-store-accessor.md"
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
static const unsigned char index_row_too_large[] = {
#embed "pages/index-row-too-large.md"
};
static const unsigned char int4_pk_overflow[] = {
#embed "pages/int4-pk-overflow.md"
};
static const unsigned char job_queue[] = {
#embed "pages/job-queue.md"
};
static const unsigned char jsonb_gin[] = {
#embed "pages/jsonb-gin.md"
};
static const unsigned char keyset_pagination[] = {
#embed "pages/keyset-pagination.md"
};
static const unsigned char list_hash_partitioning[] = {
#embed "pages/list-hash-partitioning.md"
};
static const unsigned char lock_timeout_index[] = {
#embed "pages/lock-timeout-index.md"
};
static const unsigned char logical_replication_upgrade[] = {
#embed "pages/logical-replication-upgrade.md"
};
static const unsigned char managed_servers[] = {
#embed "pages/managed-servers.md"
};
static const unsigned char matview_refresh[] = {
#embed "pages/matview-refresh.md"
};
static const unsigned char migration_failed_midway[] = {
#embed "pages/migration-failed-midway.md"
};
static const unsigned char migration_status[] = {
#embed "pages/migration-status.md"
};
static const unsigned char migration_up_down_up[] = {
#embed "pages/migration-up-down-up.md"
};
static const unsigned char monitoring[] = {
#embed "pages/monitoring.md"
};
static const unsigned char n_plus_one[] = {
#embed "pages/n-plus-one.md"
};
static const unsigned char normalization[] = {
#embed "pages/normalization.md"
};
static const unsigned char orphaned_prepared_transactions[] = {
#embed "pages/orphaned-prepared-transactions.md"
};
static const unsigned char out_handoff_notes[] = {
#embed "pages/out-handoff-notes.md"
};
static const unsigned char out_index_rationale[] = {
#embed "pages/out-index-rationale.md"
};
static const unsigned char out_migration_files[] = {
#embed "pages/out-migration-files.md"
};
static const unsigned char out_of_memory[] = {
#embed "pages/out-of-memory.md"
};
static const unsigned char out_of_shared_memory_locks[] = {
#embed "pages/out-of-shared-memory-locks.md"
};
static const unsigned char out_query_examples[] = {
#embed "pages/out-query-examples.md"
};
static const unsigned char out_raw_sql[] = {
#embed "pages/out-raw-sql.md"
};
static const unsigned char partial_index[] = {
#embed "pages/partial-index.md"
};
static const unsigned char partition_existing_table[] = {
#embed "pages/partition-existing-table.md"
};
static const unsigned char partition_retention[] = {
#embed "pages/partition-retention.md"
};
static const unsigned char pending_restart_settings[] = {
#embed "pages/pending-restart-settings.md"
};
static const unsigned char permission_denied[] = {
#embed "pages/permission-denied.md"
};
static const unsigned char pgbouncer_prepared_statements[] = {
#embed "pages/pgbouncer-prepared-statements.md"
};
static const unsigned char pitr_restore[] = {
#embed "pages/pitr-restore.md"
};
static const unsigned char plan_regression[] = {
#embed "pages/plan-regression.md"
};
static const unsigned char pool_arithmetic[] = {
#embed "pages/pool-arithmetic.md"
};
static const unsigned char query_rewriting[] = {
#embed "pages/query-rewriting.md"
};
static const unsigned char read_explain[] = {
#embed "pages/read-explain.md"
};
static const unsigned char rename_column[] = {
#embed "pages/rename-column.md"
};
static const unsigned char rename_table_with_view[] = {
#embed "pages/rename-table-with-view.md"
};
static const unsigned char replication_lag[] = {
#embed "pages/replication-lag.md"
};
static const unsigned char replication_setup[] = {
#embed "pages/replication-setup.md"
};
static const unsigned char row_level_tenancy[] = {
#embed "pages/row-level-tenancy.md"
};
static const unsigned char schema_overview[] = {
#embed "pages/schema-overview.md"
};
static const unsigned char sequence_out_of_sync[] = {
#embed "pages/sequence-out-of-sync.md"
};
static const unsigned char serialization_failure[] = {
#embed "pages/serialization-failure.md"
};
static const unsigned char server_version[] = {
#embed "pages/server-version.md"
};
static const unsigned char sizes_and_bloat[] = {
#embed "pages/sizes-and-bloat.md"
};
static const unsigned char slot_filling_disk[] = {
#embed "pages/slot-filling-disk.md"
};
static const unsigned char slow_queries[] = {
#embed "pages/slow-queries.md"
};
static const unsigned char split_table[] = {
#embed "pages/split-table.md"
};
static const unsigned char stale_statistics[] = {
#embed "pages/stale-statistics.md"
};
static const unsigned char standby_cannot_start[] = {
#embed "pages/standby-cannot-start.md"
};
static const unsigned char standby_conflict[] = {
#embed "pages/standby-conflict.md"
};
static const unsigned char statement_timeout[] = {
#embed "pages/statement-timeout.md"
};
static const unsigned char sync_standby_hang[] = {
#embed "pages/sync-standby-hang.md"
};
static const unsigned char table_bloat[] = {
#embed "pages/table-bloat.md"
};
static const unsigned char table_sizes[] = {
#embed "pages/table-sizes.md"
};
static const unsigned char temp_file_spill[] = {
#embed "pages/temp-file-spill.md"
};
static const unsigned char time_series_partitioning[] = {
#embed "pages/time-series-partitioning.md"
};
static const unsigned char timescale_compression[] = {
#embed "pages/timescale-compression.md"
};
static const unsigned char timescale_continuous_aggregate[] = {
#embed "pages/timescale-continuous-aggregate.md"
};
static const unsigned char timescale_hypertable[] = {
#embed "pages/timescale-hypertable.md"
};
static const unsigned char timescale_retention[] = {
#embed "pages/timescale-retention.md"
};
static const unsigned char unique_constraint_online[] = {
#embed "pages/unique-constraint-online.md"
};
static const unsigned char unused_indexes[] = {
#embed "pages/unused-indexes.md"
};
static const unsigned char upsert[] = {
#embed "pages/upsert.md"
};
static const unsigned char vacuum_xmin_horizon[] = {
#embed "pages/vacuum-xmin-horizon.md"
};
static const unsigned char verify_index_built[] = {
#embed "pages/verify-index-built.md"
};
static const unsigned char verify_no_blocking[] = {
#embed "pages/verify-no-blocking.md"
};
static const unsigned char verify_plan[] = {
#embed "pages/verify-plan.md"
};
static const unsigned char wal_archive_failing[] = {
#embed "pages/wal-archive-failing.md"
};
static const unsigned char wf_assess[] = {
#embed "pages/wf-assess.md"
};
static const unsigned char wf_create_migration[] = {
#embed "pages/wf-create-migration.md"
};
static const unsigned char wf_handoff[] = {
#embed "pages/wf-handoff.md"
};
static const unsigned char wf_plan[] = {
#embed "pages/wf-plan.md"
};
static const unsigned char wf_read_files[] = {
#embed "pages/wf-read-files.md"
};
static const unsigned char wf_test[] = {
#embed "pages/wf-test.md"
};
static const unsigned char wrong_node_read_only[] = {
#embed "pages/wrong-node-read-only.md"
};
static const unsigned char xid_wraparound[] = {
#embed "pages/xid-wraparound.md"
};
static const unsigned char zero_downtime_migrations[] = {
#embed "pages/zero-downtime-migrations.md"
};

#define PAGE(id, bytes) {id, bytes, sizeof bytes}

static const struct pgmedic_page list[] = {
  PAGE("aborted-transaction", aborted_transaction),
  PAGE("add-not-null-column", add_not_null_column),
  PAGE("array-columns", array_columns),
  PAGE("authentication-failed", authentication_failed),
  PAGE("autovacuum-tuning", autovacuum_tuning),
  PAGE("backup-pg-dump", backup_pg_dump),
  PAGE("backup-wal-archiving", backup_wal_archiving),
  PAGE("batch-backfill", batch_backfill),
  PAGE("brin-index", brin_index),
  PAGE("bulk-load", bulk_load),
  PAGE("cannot-drop-dependents", cannot_drop_dependents),
  PAGE("change-column-type", change_column_type),
  PAGE("check-constraint-online", check_constraint_online),
  PAGE("check-fk-indexes", check_fk_indexes),
  PAGE("check-jsonb-index", check_jsonb_index),
  PAGE("check-reversible", check_reversible),
  PAGE("check-seq-scans", check_seq_scans),
  PAGE("check-where-indexes", check_where_indexes),
  PAGE("checkpoint-tuning", checkpoint_tuning),
  PAGE("composite-index", composite_index),
  PAGE("connection-exhaustion", connection_exhaustion),
  PAGE("connection-headroom", connection_headroom),
  PAGE("connection-pooling", connection_pooling),
  PAGE("constraint-violation", constraint_violation),
  PAGE("conv-bigint-pk", conv_bigint_pk),
  PAGE("conv-citext", conv_citext),
  PAGE("conv-index-fk", conv_index_fk),
  PAGE("conv-index-names", conv_index_names),
  PAGE("conv-timestamptz", conv_timestamptz),
  PAGE("corrupted-index", corrupted_index),
  PAGE("count-fast", count_fast),
  PAGE("ctes-and-windows", ctes_and_windows),
  PAGE("data-corruption", data_corruption),
  PAGE("deadlock", deadlock),
  PAGE("disk-full", disk_full),
  PAGE("drop-column", drop_column),
  PAGE("drop-index-safely", drop_index_safely),
  PAGE("duplicate-indexes", duplicate_indexes),
  PAGE("duplicate-key", duplicate_key),
  PAGE("enum-change", enum_change),
  PAGE("exclude-constraint", exclude_constraint),
  PAGE("failover-promote", failover_promote),
  PAGE("fk-index-check", fk_index_check),
  PAGE("foreign-key-online", foreign_key_online),
  PAGE("full-text-search", full_text_search),
  PAGE("generic-plan", generic_plan),
  PAGE("ho-counter-cache", ho_counter_cache),
  PAGE("ho-default-scope", ho_default_scope),
  PAGE("ho-deploy-notes", ho_deploy_notes),
  PAGE("ho-scope", ho_scope),
  PAGE("ho-store-accessor", ho_store_accessor),
  PAGE("idle-in-transaction", idle_in_transaction),
  PAGE("index-bloat-reindex", index_bloat_reindex),
  PAGE("index-concurrently", index_concurrently),
  PAGE("index-design", index_design),
  PAGE("index-row-too-large", index_row_too_large),
  PAGE("int4-pk-overflow", int4_pk_overflow),
  PAGE("job-queue", job_queue),
  PAGE("jsonb-gin", jsonb_gin),
  PAGE("keyset-pagination", keyset_pagination),
  PAGE("list-hash-partitioning", list_hash_partitioning),
  PAGE("lock-timeout-index", lock_timeout_index),
  PAGE("logical-replication-upgrade", logical_replication_upgrade),
  PAGE("managed-servers", managed_servers),
  PAGE("matview-refresh", matview_refresh),
  PAGE("migration-failed-midway", migration_failed_midway),
  PAGE("migration-status", migration_status),
  PAGE("migration-up-down-up", migration_up_down_up),
  PAGE("monitoring", monitoring),
  PAGE("n-plus-one", n_plus_one),
  PAGE("normalization", normalization),
  PAGE("orphaned-prepared-transactions", orphaned_prepared_transactions),
  PAGE("out-handoff-notes", out_handoff_notes),
  PAGE("out-index-rationale", out_index_rationale),
  PAGE("out-migration-files", out_migration_files),
  PAGE("out-of-memory", out_of_memory),
  PAGE("out-of-shared-memory-locks", out_of_shared_memory_locks),
  PAGE("out-query-examples", out_query_examples),
  PAGE("out-raw-sql", out_raw_sql),
  PAGE("partial-index", partial_index),
  PAGE("partition-existing-table", partition_existing_table),
  PAGE("partition-retention", partition_retention),
  PAGE("pending-restart-settings", pending_restart_settings),
  PAGE("permission-denied", permission_denied),
  PAGE("pgbouncer-prepared-statements", pgbouncer_prepared_statements),
  PAGE("pitr-restore", pitr_restore),
  PAGE("plan-regression", plan_regression),
  PAGE("pool-arithmetic", pool_arithmetic),
  PAGE("query-rewriting", query_rewriting),
  PAGE("read-explain", read_explain),
  PAGE("rename-column", rename_column),
  PAGE("rename-table-with-view", rename_table_with_view),
  PAGE("replication-lag", replication_lag),
  PAGE("replication-setup", replication_setup),
  PAGE("row-level-tenancy", row_level_tenancy),
  PAGE("schema-overview", schema_overview),
  PAGE("sequence-out-of-sync", sequence_out_of_sync),
  PAGE("serialization-failure", serialization_failure),
  PAGE("server-version", server_version),
  PAGE("sizes-and-bloat", sizes_and_bloat),
  PAGE("slot-filling-disk", slot_filling_disk),
  PAGE("slow-queries", slow_queries),
  PAGE("split-table", split_table),
  PAGE("stale-statistics", stale_statistics),
  PAGE("standby-cannot-start", standby_cannot_start),
  PAGE("standby-conflict", standby_conflict),
  PAGE("statement-timeout", statement_timeout),
  PAGE("sync-standby-hang", sync_standby_hang),
  PAGE("table-bloat", table_bloat),
  PAGE("table-sizes", table_sizes),
  PAGE("temp-file-spill", temp_file_spill),
  PAGE("time-series-partitioning", time_series_partitioning),
  PAGE("timescale-compression", timescale_compression),
  PAGE("timescale-continuous-aggregate", timescale_continuous_aggregate),
  PAGE("timescale-hypertable", timescale_hypertable),
  PAGE("timescale-retention", timescale_retention),
  PAGE("unique-constraint-online", unique_constraint_online),
  PAGE("unused-indexes", unused_indexes),
  PAGE("upsert", upsert),
  PAGE("vacuum-xmin-horizon", vacuum_xmin_horizon),
  PAGE("verify-index-built", verify_index_built),
  PAGE("verify-no-blocking", verify_no_blocking),
  PAGE("verify-plan", verify_plan),
  PAGE("wal-archive-failing", wal_archive_failing),
  PAGE("wf-assess", wf_assess),
  PAGE("wf-create-migration", wf_create_migration),
  PAGE("wf-handoff", wf_handoff),
  PAGE("wf-plan", wf_plan),
  PAGE("wf-read-files", wf_read_files),
  PAGE("wf-test", wf_test),
  PAGE("wrong-node-read-only", wrong_node_read_only),
  PAGE("xid-wraparound", xid_wraparound),
  PAGE("zero-downtime-migrations", zero_downtime_migrations),
};

const struct pgmedic_page *const pgmedic_pages = list;
const size_t pgmedic_page_count = sizeof list / sizeof list[0];
