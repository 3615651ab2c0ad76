/// The business itself: Quickpost, a shop that ships parcels. Mostly sound; what is planted here is said at each place.
extension Demo {
  static let roles = Chapter(
    as: "postgres",
    """
    -- app owns and runs the shop; readonly is the analysts' login; watcher is the monitoring; batch runs at night.
    CREATE ROLE app LOGIN;
    CREATE ROLE readonly LOGIN;
    CREATE ROLE watcher LOGIN IN ROLE pg_monitor;
    -- PLANTED (conns): a role that runs into its own limit long before the server's.
    CREATE ROLE batch LOGIN CONNECTION LIMIT 3;
    COMMENT ON ROLE batch IS 'nightly jobs; may have 3 sessions';
    -- PLANTED (conns): a database limit below max_connections.
    ALTER DATABASE demo CONNECTION LIMIT 40;
    GRANT CONNECT ON DATABASE demo TO app, readonly, watcher, batch;
    CREATE SCHEMA shop AUTHORIZATION app;
    CREATE SCHEMA billing AUTHORIZATION app;
    CREATE SCHEMA ops AUTHORIZATION app;
    ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO readonly;
    GRANT USAGE ON SCHEMA shop, billing, ops TO readonly, watcher, batch;
    -- Whatever of these is installed; the demo works without.
    DO $$
    DECLARE extension text;
    BEGIN
      FOR extension IN
        SELECT name FROM pg_catalog.pg_available_extensions WHERE name IN ('pg_stat_statements', 'btree_gist', 'hypopg')
      LOOP
        EXECUTE pg_catalog.format('CREATE EXTENSION IF NOT EXISTS %I', extension);
      END LOOP;
    END $$;
    """)

  static let shop = Chapter(
    as: "app",
    """
    -- PLANTED (conventions): created_at without time zone, country char(2), email compared by lower(): a citext
    -- candidate.
    CREATE TABLE shop.customer (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      email text NOT NULL CONSTRAINT customer_email_key UNIQUE,
      name text NOT NULL,
      country char(2) NOT NULL,
      profile jsonb NOT NULL DEFAULT '{}',
      created_at timestamp NOT NULL
    );
    INSERT INTO shop.customer (email, name, country, profile, created_at)
    SELECT 'user' || i || '@example.' || (ARRAY['com', 'org', 'net'])[1 + i % 3],
      (ARRAY['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Finn', 'Greta', 'Hugo'])[1 + i * 7 % 8] || ' '
        || (ARRAY['Abel', 'Berg', 'Curie', 'Dahl', 'Euler', 'Frisch', 'Gauss', 'Hahn', 'Iqbal', 'Jung'])
          [1 + i * 13 % 10] || ' ' || i,
      (ARRAY['DE', 'FR', 'PL', 'US', 'JP'])[1 + i * 11 % 5],
      pg_catalog.jsonb_build_object('plan', (ARRAY['free', 'free', 'free', 'silver', 'gold'])[1 + i * 17 % 5],
        'visits', i * 31 % 997),
      timestamp '2024-01-01' + i * interval '37 minutes'
    FROM pg_catalog.generate_series(1, 15000) i;
    ANALYZE shop.customer;
    -- Used by the login, on purpose beside the unique one: it finds addresses in any spelling.
    CREATE INDEX customer_lower_email_idx ON shop.customer (pg_catalog.lower(email));

    -- PLANTED (conventions): a serial key of int4, money, json.
    CREATE TABLE shop.product (
      id serial PRIMARY KEY,
      sku text NOT NULL CONSTRAINT product_sku_key UNIQUE,
      name text NOT NULL,
      price money NOT NULL,
      attributes json NOT NULL
    );
    INSERT INTO shop.product (sku, name, price, attributes)
    SELECT 'SKU-' || pg_catalog.lpad(i::text, 6, '0'),
      (ARRAY['red', 'blue', 'green', 'white'])[1 + i % 4] || ' '
        || (ARRAY['box', 'bag', 'tube', 'crate', 'envelope'])[1 + i * 3 % 5],
      ((i * 37 % 5000) / 100.0)::numeric::money,
      pg_catalog.json_build_object('weight', i * 29 % 900, 'fragile', i % 7 = 0)
    FROM pg_catalog.generate_series(1, 2000) i;
    ANALYZE shop.product;

    CREATE TABLE shop.coupon (
      id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- DECOY (unused): never scanned, but it keeps codes unique.
      code text NOT NULL CONSTRAINT coupon_code_key UNIQUE
    );
    INSERT INTO shop.coupon (code) SELECT 'SAVE' || i FROM pg_catalog.generate_series(1, 50) i;

    -- PLANTED (fk, heavy): customer_id has no index. Deleting a customer reads all orders.
    CREATE TABLE shop.orders (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id bigint NOT NULL REFERENCES shop.customer,
      coupon_id int REFERENCES shop.coupon,
      status text NOT NULL,
      total numeric(10, 2) NOT NULL,
      placed_at timestamptz NOT NULL
    );
    INSERT INTO shop.orders (customer_id, coupon_id, status, total, placed_at)
    SELECT 1 + i * 7919::bigint % 14900, CASE WHEN i % 25 = 0 THEN 1 + i % 50 END,
      CASE WHEN i > 48500 THEN 'open' WHEN i % 40 = 0 THEN 'returned' ELSE 'shipped' END,
      (i * 131 % 20000) / 100.0, timestamptz '2025-01-01 00:00+00' + i * interval '10 minutes'
    FROM pg_catalog.generate_series(1, 50000) i;
    ANALYZE shop.orders;
    -- DECOY (fk): partial, but only the nulls are left out, which no foreign key looks for. (unused): the only index
    -- that serves this key, though nothing has scanned it yet.
    CREATE INDEX orders_coupon_id_idx ON shop.orders (coupon_id) WHERE coupon_id IS NOT NULL;
    -- DECOY (unused): the table is clustered on it.
    CREATE INDEX orders_placed_at_idx ON shop.orders (placed_at);
    ALTER TABLE shop.orders CLUSTER ON orders_placed_at_idx;

    CREATE TABLE shop.order_line (
      -- DECOY (fk): the primary key begins with it.
      order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE,
      line int NOT NULL,
      -- PLANTED (fk, heavy): product_id comes second in the only index that has it.
      product_id int NOT NULL REFERENCES shop.product,
      quantity int NOT NULL,
      PRIMARY KEY (order_id, line)
    );
    INSERT INTO shop.order_line
    SELECT o, l, 1 + (o * 61 + l * 17) % 2000, 1 + (o + l) % 4
    FROM pg_catalog.generate_series(1, 50000) o, LATERAL pg_catalog.generate_series(1, 1 + o % 3) l;
    -- PLANTED (unused): nothing asks by both.
    CREATE INDEX order_line_order_product_idx ON shop.order_line (order_id, product_id);
    """,
    planted: [
      .init(.connectionLimit, "batch"), .init(.connectionLimit, "demo"),
      .init(.convention, "shop.customer", "timestamp without time zone, char(n), citext candidate"),
      .init(.convention, "shop.product", "int4 serial key, money, json"),
      .init(.foreignKey, "shop.orders.orders_customer_id_fkey", "no index; heavy"),
      .init(.foreignKey, "shop.order_line.order_line_product_id_fkey", "second column of the only index"),
      .init(.unusedIndex, "shop.order_line_order_product_idx"),
    ],
    decoys: [
      .init(.unusedIndex, "shop.coupon_code_key", "unique"),
      .init(.foreignKey, "shop.orders.orders_coupon_id_fkey", "partial, but only IS NOT NULL"),
      .init(.unusedIndex, "shop.orders_coupon_id_idx", "the only one that serves a foreign key"),
      .init(.unusedIndex, "shop.orders_placed_at_idx", "clustered on"),
      .init(.foreignKey, "shop.order_line.order_line_order_id_fkey", "primary key begins with it"),
    ])
}
