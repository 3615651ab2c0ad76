/// Indexes that nothing uses, that say the same twice, or that are left over; and those that only look so.
extension Demo {
  static let indexes = Chapter(
    as: "app",
    """
    -- PLANTED (unused): nothing asks in this way; each new order pays for both.
    CREATE INDEX orders_status_total_idx ON shop.orders (status, total);
    -- PLANTED (unused): on an expression, whose statistics go with it.
    CREATE INDEX customer_lower_name_idx ON shop.customer (pg_catalog.lower(name));
    -- PLANTED (redundant): the same twice.
    CREATE INDEX customer_created_at_idx ON shop.customer (created_at);
    CREATE INDEX customer_created_at_idx1 ON shop.customer (created_at);
    -- PLANTED (redundant): a plain copy of what a constraint has already.
    CREATE INDEX product_sku_idx ON shop.product (sku);
    -- DECOY (redundant): another operator class, for LIKE 'SKU-0%' under any collation.
    CREATE INDEX product_sku_pattern_idx ON shop.product (sku text_pattern_ops);

    CREATE TABLE ops.audit (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL, actor text NOT NULL, action text NOT NULL, object_id bigint NOT NULL
    );
    INSERT INTO ops.audit (at, actor, action, object_id)
    SELECT timestamptz '2025-04-01 00:00+00' + i * interval '3 minutes', 'user' || i % 40,
      (ARRAY['read', 'write', 'drop'])[1 + i % 3], i * 17 % 5000
    FROM pg_catalog.generate_series(1, 20000) i;
    -- PLANTED (redundant): (actor) beside (actor, action); (at DESC) is (at) read backwards.
    CREATE INDEX audit_actor_idx ON ops.audit (actor);
    CREATE INDEX audit_actor_action_idx ON ops.audit (actor, action);
    CREATE INDEX audit_at_idx ON ops.audit (at);
    CREATE INDEX audit_at_desc_idx ON ops.audit (at DESC);
    -- DECOY (redundant): the directions are mixed, so neither stands in for the other; the predicate makes a small one.
    CREATE INDEX audit_object_at_desc_idx ON ops.audit (object_id, at DESC);
    CREATE INDEX audit_drops_idx ON ops.audit (object_id, at) WHERE action = 'drop';
    CREATE UNIQUE INDEX audit_object_at_id_key ON ops.audit (object_id, at, id);

    -- For the index that a failed REINDEX CONCURRENTLY leaves (below).
    CREATE FUNCTION ops.folded(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN RETURN pg_catalog.lower($1); END';
    CREATE TABLE ops.place (id int PRIMARY KEY, name text NOT NULL);
    INSERT INTO ops.place SELECT i, 'Place ' || i FROM pg_catalog.generate_series(1, 500) i;
    CREATE INDEX place_folded_idx ON ops.place (ops.folded(name));
    -- Fails while the index is being rebuilt, as a full disk would.
    CREATE OR REPLACE FUNCTION ops.folded(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN IF $1 = ''Place 250'' THEN RAISE EXCEPTION ''no space left''; END IF; RETURN pg_catalog.lower($1); END';
    """,
    planted: [
      .init(.unusedIndex, "shop.orders_status_total_idx"),
      .init(.unusedIndex, "shop.customer_lower_name_idx", "expression"),
      // Of two that say the same the one that nothing uses goes: the planner takes the newer.
      .init(.redundantIndex, "shop.customer_created_at_idx", "the same as customer_created_at_idx1"),
      .init(.redundantIndex, "shop.product_sku_idx", "product_sku_key is the constraint's"),
      .init(.redundantIndex, "ops.audit_actor_idx", "prefix of audit_actor_action_idx"),
      .init(.redundantIndex, "ops.audit_at_idx", "mirror image of audit_at_desc_idx"),
    ],
    decoys: [
      .init(.redundantIndex, "shop.product_sku_pattern_idx", "operator class"),
      .init(.redundantIndex, "ops.audit_object_at_desc_idx", "mixed directions"),
      .init(.redundantIndex, "ops.audit_drops_idx", "predicate"),
      .init(.redundantIndex, "ops.audit_object_at_id_key", "unique"),
    ])

  static let failedReindex = Chapter(
    as: "app", fails: "P0001", "REINDEX INDEX CONCURRENTLY ops.place_folded_idx",
    planted: [.init(.invalidIndex, "ops.place_folded_idx_ccnew", "left by REINDEX CONCURRENTLY")])

  static let repairedFunction = Chapter(
    as: "app",
    """
    CREATE OR REPLACE FUNCTION ops.folded(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
      'BEGIN RETURN pg_catalog.lower($1); END';
    """)
}
