/// Foreign keys that an index serves badly or not at all, and those that only look so.
extension Demo {
  static let foreignKeys = Chapter(
    as: "app",
    """
    CREATE TABLE shop.shelf (warehouse int, shelf int, PRIMARY KEY (warehouse, shelf));
    INSERT INTO shop.shelf SELECT w, s FROM pg_catalog.generate_series(1, 5) w, pg_catalog.generate_series(1, 40) s;
    ANALYZE shop.shelf;

    -- PLANTED (fk): the composite key's columns are in the index, but behind another one.
    CREATE TABLE shop.shipment (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      order_id bigint NOT NULL REFERENCES shop.orders,
      warehouse int NOT NULL, shelf int NOT NULL,
      shipped_at timestamptz NOT NULL,
      CONSTRAINT shipment_shelf_fkey FOREIGN KEY (warehouse, shelf) REFERENCES shop.shelf
    );
    INSERT INTO shop.shipment (order_id, warehouse, shelf, shipped_at)
    SELECT i, 1 + i % 5, 1 + i * 7 % 40, timestamptz '2025-01-02 00:00+00' + i * interval '11 minutes'
    FROM pg_catalog.generate_series(1, 20000) i;
    CREATE INDEX shipment_shipped_shelf_idx ON shop.shipment (shipped_at, warehouse, shelf);

    -- DECOY (fk): in the other order, which is the same set, with one more behind.
    CREATE TABLE shop.stock (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      warehouse int NOT NULL, shelf int NOT NULL, product_id int NOT NULL, amount int NOT NULL,
      CONSTRAINT stock_shelf_fkey FOREIGN KEY (warehouse, shelf) REFERENCES shop.shelf,
      CONSTRAINT stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES shop.product
    );
    INSERT INTO shop.stock (warehouse, shelf, product_id, amount)
    SELECT 1 + i % 5, 1 + i * 3 % 40, 1 + i % 2000, i % 90 FROM pg_catalog.generate_series(1, 8000) i;
    CREATE INDEX stock_shelf_idx ON shop.stock (shelf, warehouse, amount);
    CREATE INDEX stock_product_id_idx ON shop.stock (product_id);

    -- PLANTED (fk, weak): the index has only the first column of the key.
    CREATE TABLE shop.count_sheet (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      warehouse int NOT NULL, shelf int NOT NULL, counted int NOT NULL,
      CONSTRAINT count_sheet_shelf_fkey FOREIGN KEY (warehouse, shelf) REFERENCES shop.shelf
    );
    INSERT INTO shop.count_sheet (warehouse, shelf, counted)
    SELECT 1 + i % 5, 1 + i * 3 % 40, i % 70 FROM pg_catalog.generate_series(1, 6000) i;
    CREATE INDEX count_sheet_warehouse_idx ON shop.count_sheet (warehouse);

    CREATE TABLE shop.agent (id int PRIMARY KEY, name text NOT NULL);
    INSERT INTO shop.agent SELECT i, 'agent ' || i FROM pg_catalog.generate_series(1, 30) i;
    ANALYZE shop.agent;
    -- PLANTED (fk): customer_id has an index for open tickets only; agent_id is merely INCLUDEd; product_id has two
    -- foreign keys that say the same.
    CREATE TABLE shop.ticket (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES shop.customer ON DELETE CASCADE,
      agent_id int NOT NULL REFERENCES shop.agent,
      product_id int CONSTRAINT ticket_product_id_fkey REFERENCES shop.product,
      status text NOT NULL, opened_at timestamptz NOT NULL,
      CONSTRAINT ticket_product_id_fkey1 FOREIGN KEY (product_id) REFERENCES shop.product
    );
    INSERT INTO shop.ticket (customer_id, agent_id, product_id, status, opened_at)
    SELECT 1 + i * 53 % 14900, 1 + i % 30, 1 + i % 2000, CASE WHEN i % 20 = 0 THEN 'open' ELSE 'closed' END,
      timestamptz '2025-02-01 00:00+00' + i * interval '45 minutes'
    FROM pg_catalog.generate_series(1, 9000) i;
    CREATE INDEX ticket_customer_open_idx ON shop.ticket (customer_id) WHERE status = 'open';
    CREATE INDEX ticket_opened_idx ON shop.ticket (opened_at) INCLUDE (agent_id);
    CREATE INDEX ticket_product_id_idx ON shop.ticket (product_id);

    -- DECOY (fk): hash serves a key of one column.
    CREATE TABLE shop.login (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES shop.customer, at timestamptz NOT NULL
    );
    INSERT INTO shop.login (customer_id, at)
    SELECT 1 + i * 97 % 14900, timestamptz '2025-03-01 00:00+00' + i * interval '5 minutes'
    FROM pg_catalog.generate_series(1, 8000) i;
    CREATE INDEX login_customer_id_idx ON shop.login USING hash (customer_id);

    -- DECOY (fk): a self-reference that is served. PLANTED (fk, light): one that is not, on a tiny table.
    CREATE TABLE shop.category (id int PRIMARY KEY, parent_id int REFERENCES shop.category, name text NOT NULL);
    INSERT INTO shop.category SELECT i, CASE WHEN i > 9 THEN i / 10 END, 'category ' || i
    FROM pg_catalog.generate_series(1, 900) i;
    CREATE INDEX category_parent_id_idx ON shop.category (parent_id);
    CREATE TABLE shop.employee (id int PRIMARY KEY, manager_id int REFERENCES shop.employee, name text NOT NULL);
    INSERT INTO shop.employee SELECT i, CASE WHEN i > 1 THEN i / 4 + 1 END, 'employee ' || i
    FROM pg_catalog.generate_series(1, 40) i;

    -- DECOY (fk): names that must be quoted.
    CREATE TABLE shop."Order Item" (
      "Item Id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      "Order Id" bigint NOT NULL REFERENCES shop.orders, "Note" text
    );
    INSERT INTO shop."Order Item" ("Order Id", "Note") SELECT i, 'gift' FROM pg_catalog.generate_series(1, 2000) i;
    CREATE INDEX "Order Item by Order" ON shop."Order Item" ("Order Id");

    -- DECOY (fk): text_pattern_ops holds the same equality.
    CREATE TABLE shop.language (tag text PRIMARY KEY);
    INSERT INTO shop.language SELECT 'l' || i FROM pg_catalog.generate_series(1, 60) i;
    ANALYZE shop.language;
    CREATE TABLE shop.translation (id int PRIMARY KEY, tag text NOT NULL REFERENCES shop.language, body text NOT NULL);
    INSERT INTO shop.translation SELECT i, 'l' || 1 + i % 60, 'text ' || i FROM pg_catalog.generate_series(1, 3000) i;
    CREATE INDEX translation_tag_idx ON shop.translation (tag text_pattern_ops);

    -- PLANTED (fk): a numeric key against an int column. The server compares tariff_id::numeric, so no index on it
    -- helps.
    CREATE TABLE billing.tariff (id numeric PRIMARY KEY, name text NOT NULL);
    INSERT INTO billing.tariff SELECT i, 'tariff ' || i FROM pg_catalog.generate_series(1, 20) i;
    ANALYZE billing.tariff;
    CREATE TABLE billing.contract (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES shop.customer, tariff_id int NOT NULL REFERENCES billing.tariff
    );
    INSERT INTO billing.contract (customer_id, tariff_id) SELECT i, 1 + i % 20
    FROM pg_catalog.generate_series(1, 6000) i;
    CREATE INDEX contract_customer_id_idx ON billing.contract (customer_id);
    CREATE INDEX contract_tariff_id_idx ON billing.contract (tariff_id);

    -- PLANTED (fk): order_id has an index, but it is invalid: its CREATE UNIQUE INDEX CONCURRENTLY has failed (below).
    CREATE TABLE billing.invoice (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      order_id bigint NOT NULL REFERENCES shop.orders, amount numeric(10, 2) NOT NULL, issued_on date NOT NULL
    );
    INSERT INTO billing.invoice (order_id, amount, issued_on)
    SELECT CASE WHEN i % 400 = 0 THEN i - 1 ELSE i END, (i * 131 % 20000) / 100.0, date '2025-01-01' + i / 100
    FROM pg_catalog.generate_series(1, 20000) i;

    -- DECOY (fk): an exclusion constraint serves, where btree_gist is installed; else a plain index does.
    CREATE TABLE shop.truck (id int PRIMARY KEY, plate text NOT NULL);
    INSERT INTO shop.truck SELECT i, 'QP ' || 1000 + i FROM pg_catalog.generate_series(1, 25) i;
    ANALYZE shop.truck;
    CREATE TABLE shop.booking (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      truck_id int NOT NULL REFERENCES shop.truck, during tstzrange NOT NULL
    );
    INSERT INTO shop.booking (truck_id, during)
    SELECT 1 + i % 25, pg_catalog.tstzrange(
      timestamptz '2025-01-01 00:00+00' + i * interval '1 hour',
      timestamptz '2025-01-01 00:00+00' + (i + 20) * interval '1 hour')
    FROM pg_catalog.generate_series(1, 2000) i;
    DO $$ BEGIN
      IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'btree_gist') THEN
        ALTER TABLE shop.booking ADD CONSTRAINT booking_no_overlap EXCLUDE USING gist (truck_id WITH =, during WITH &&);
      ELSE
        CREATE INDEX booking_no_overlap ON shop.booking (truck_id);
      END IF;
    END $$;
    """,
    planted: [
      .init(.foreignKey, "shop.shipment.shipment_order_id_fkey", "no index; 20,000 rows"),
      .init(.foreignKey, "shop.shipment.shipment_shelf_fkey", "behind another column"),
      .init(.weakForeignKey, "shop.count_sheet.count_sheet_shelf_fkey", "first column only"),
      .init(.foreignKey, "shop.ticket.ticket_customer_id_fkey", "index with an unrelated predicate"),
      .init(.foreignKey, "shop.ticket.ticket_agent_id_fkey", "INCLUDE only"),
      .init(.duplicateForeignKey, "shop.ticket.ticket_product_id_fkey1"),
      .init(.foreignKey, "shop.employee.employee_manager_id_fkey", "self-reference; tiny"),
      .init(.foreignKeyType, "billing.contract.contract_tariff_id_fkey", "int against numeric"),
      .init(.foreignKey, "billing.invoice.invoice_order_id_fkey", "the index is invalid"),
    ],
    decoys: [
      .init(.foreignKey, "shop.stock.stock_shelf_fkey", "the same set in another order"),
      .init(.foreignKey, "shop.stock.stock_product_id_fkey"),
      .init(.foreignKey, "shop.login.login_customer_id_fkey", "hash"),
      .init(.foreignKey, "shop.category.category_parent_id_fkey", "self-reference, served"),
      .init(.foreignKey, "shop.\"Order Item\".\"Order Item_Order Id_fkey\"", "quoted names"),
      .init(.foreignKey, "shop.translation.translation_tag_fkey", "text_pattern_ops"),
      .init(.foreignKey, "shop.booking.booking_truck_id_fkey", "GiST"),
      .init(.foreignKey, "billing.contract.contract_customer_id_fkey"),
      .init(.unusedIndex, "shop.stock_shelf_idx", "the only one that serves a foreign key"),
      .init(.unusedIndex, "shop.ticket_product_id_idx", "the only one that serves a foreign key"),
      .init(.unusedIndex, "shop.\"Order Item by Order\"", "the only one that serves a foreign key"),
      .init(
        .unusedIndex, "shop.booking_no_overlap", "an exclusion constraint, or the only one that serves a foreign key"),
    ])

  /// The index that a failed build leaves. Not in a transaction, and it must fail.
  static let invalidIndex = Chapter(
    as: "app", fails: "23505",
    "CREATE UNIQUE INDEX CONCURRENTLY invoice_order_id_key ON billing.invoice (order_id)",
    planted: [.init(.invalidIndex, "billing.invoice_order_id_key")])
}
