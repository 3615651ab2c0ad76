/// What a schema review finds.
extension Demo {
  static let conventions = Chapter(
    as: "app",
    """
    -- PLANTED (conventions): no primary key, and PLANTED (repl): published all the same, so that UPDATE fails.
    CREATE TABLE ops.click (at timestamptz NOT NULL, page text NOT NULL, customer_id bigint);
    INSERT INTO ops.click
    SELECT timestamptz '2025-01-01 00:00+00' + i * interval '7 seconds', '/page/' || i % 30, i % 15000
    FROM pg_catalog.generate_series(1, 10000) i;

    -- PLANTED (conventions): constraints that were never validated.
    ALTER TABLE shop.orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
    CREATE TABLE billing.payment (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, invoice_id bigint NOT NULL, paid numeric(10, 2) NOT NULL
    );
    INSERT INTO billing.payment (invoice_id, paid) SELECT i, (i * 131 % 20000) / 100.0
    FROM pg_catalog.generate_series(1, 5000) i;
    CREATE INDEX payment_invoice_id_idx ON billing.payment (invoice_id);
    ALTER TABLE billing.payment ADD CONSTRAINT payment_invoice_id_fkey FOREIGN KEY (invoice_id)
      REFERENCES billing.invoice NOT VALID;
    -- DECOY (conventions): validated afterwards, as one should.
    ALTER TABLE billing.payment ADD CONSTRAINT payment_paid_positive CHECK (paid >= 0) NOT VALID;
    ALTER TABLE billing.payment VALIDATE CONSTRAINT payment_paid_positive;

    -- PLANTED (conventions): a trigger that somebody switched off for an import and forgot.
    CREATE TABLE ops.order_change (order_id bigint NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (order_id, at));
    CREATE FUNCTION shop.note_change() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN
        INSERT INTO ops.order_change VALUES (new.id, pg_catalog.clock_timestamp()) ON CONFLICT DO NOTHING;
        RETURN new;
      END';
    CREATE TRIGGER orders_note_change AFTER UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.note_change();
    ALTER TABLE shop.orders DISABLE TRIGGER orders_note_change;

    -- PLANTED (conventions): row security without a policy: everybody but the owner sees nothing.
    CREATE TABLE billing.card (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL, last4 text NOT NULL
    );
    ALTER TABLE billing.card ENABLE ROW LEVEL SECURITY;
    INSERT INTO billing.card (customer_id, last4) SELECT i, pg_catalog.lpad((i * 37 % 10000)::text, 4, '0')
    FROM pg_catalog.generate_series(1, 500) i;
    -- DECOY (conventions): row security with one.
    CREATE TABLE billing.address (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner name NOT NULL, street text NOT NULL
    );
    ALTER TABLE billing.address ENABLE ROW LEVEL SECURITY;
    CREATE POLICY address_owner ON billing.address USING (owner = CURRENT_USER);
    INSERT INTO billing.address (owner, street) SELECT (ARRAY['app', 'readonly'])[1 + i % 2], 'street ' || i
    FROM pg_catalog.generate_series(1, 500) i;

    -- PLANTED (conventions): it runs with its owner's rights and the caller's search_path.
    CREATE FUNCTION billing.refund(payment_id bigint) RETURNS numeric LANGUAGE sql SECURITY DEFINER AS
      'UPDATE billing.payment SET paid = 0 WHERE id = payment_id RETURNING paid';
    -- DECOY (conventions): the path is pinned.
    CREATE FUNCTION billing.balance(of_invoice bigint) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS 'SELECT sum(paid) FROM billing.payment WHERE invoice_id = of_invoice';

    -- DECOY (conventions): the good types.
    CREATE TABLE shop.review (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL, details jsonb NOT NULL,
      written_at timestamptz NOT NULL
    );
    INSERT INTO shop.review (body, details, written_at)
    SELECT 'good ' || i, '{"stars": 5}', timestamptz '2025-01-01 00:00+00' + i * interval '1 hour'
    FROM pg_catalog.generate_series(1, 1000) i;
    """,
    planted: [
      .init(.convention, "ops.click", "no primary key"), .init(.publication, "ops.click", "no replica identity"),
      .init(.notValid, "shop.orders.orders_total_positive"),
      .init(.notValid, "billing.payment.payment_invoice_id_fkey"),
      .init(.disabledTrigger, "shop.orders", "orders_note_change"), .init(.rowSecurity, "billing.card", "no policy"),
      .init(.securityDefiner, "billing.refund"),
    ],
    decoys: [
      .init(.foreignKey, "billing.payment.payment_invoice_id_fkey", "not valid, but served"),
      .init(.notValid, "billing.payment.payment_paid_positive", "validated"),
      .init(.rowSecurity, "billing.address"), .init(.securityDefiner, "billing.balance", "search_path is set"),
      .init(.convention, "shop.review"),
    ])

  /// A body that is parsed when the function is made needs no search_path: 14 and later.
  static let atomicBody = Chapter(
    as: "app", from: 14,
    """
    -- DECOY (conventions): BEGIN ATOMIC binds its names once and for all.
    CREATE FUNCTION billing.paid_in_all() RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
    BEGIN ATOMIC
      SELECT pg_catalog.sum(paid) FROM billing.payment;
    END;
    """,
    decoys: [.init(.securityDefiner, "billing.paid_in_all", "BEGIN ATOMIC")])

  static let publication = Chapter(as: "postgres", "CREATE PUBLICATION clicks FOR TABLE ops.click, ops.device")
}
