/// Keys that run out.
extension Demo {
  static let sequences = Chapter(
    as: "app",
    """
    -- PLANTED (seqs): an int4 identity with 7 % left.
    CREATE TABLE ops.alert (id int GENERATED ALWAYS AS IDENTITY (START 1996000000) PRIMARY KEY, text text NOT NULL);
    INSERT INTO ops.alert (text) SELECT 'alert ' || i FROM pg_catalog.generate_series(1, 500) i;

    -- PLANTED (seqs): the key is a bigint, its copy in the other table is not, and breaks first.
    CREATE TABLE ops.measurement (id bigserial PRIMARY KEY, value real NOT NULL);
    ALTER SEQUENCE ops.measurement_id_seq RESTART 2040000000;
    INSERT INTO ops.measurement (value) SELECT i FROM pg_catalog.generate_series(1, 500) i;
    CREATE TABLE ops.measurement_note (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      measurement_id int NOT NULL REFERENCES ops.measurement, note text
    );
    CREATE INDEX measurement_note_measurement_id_idx ON ops.measurement_note (measurement_id);
    INSERT INTO ops.measurement_note (measurement_id, note) SELECT id, 'note' FROM ops.measurement;

    -- PLANTED (seqs): the sequence's own limit comes before the column's.
    CREATE SEQUENCE ops.voucher_number MAXVALUE 100000;
    CREATE TABLE ops.voucher (
      number bigint PRIMARY KEY DEFAULT pg_catalog.nextval('ops.voucher_number'), value int NOT NULL
    );
    DO $$ BEGIN PERFORM pg_catalog.setval('ops.voucher_number', 95000); END $$;
    INSERT INTO ops.voucher (value) SELECT i FROM pg_catalog.generate_series(1, 100) i;

    -- PLANTED (seqs): it counts down and is near its other end.
    CREATE SEQUENCE ops.countdown AS smallint INCREMENT -1 MINVALUE -1000 MAXVALUE 0 START -960;
    CREATE TABLE ops.launch (id smallint PRIMARY KEY DEFAULT pg_catalog.nextval('ops.countdown'), name text NOT NULL);
    INSERT INTO ops.launch (name) SELECT 'launch ' || i FROM pg_catalog.generate_series(1, 5) i;

    -- DECOY (seqs): it cycles, as its users know.
    CREATE SEQUENCE ops.slot_number MAXVALUE 1000 CYCLE;
    DO $$ BEGIN PERFORM pg_catalog.setval('ops.slot_number', 990); END $$;
    -- DECOY (seqs): past int4, but a bigint.
    CREATE TABLE ops.trace (id bigint GENERATED ALWAYS AS IDENTITY (START 5000000000) PRIMARY KEY, span text NOT NULL);
    INSERT INTO ops.trace (span) SELECT 'span ' || i FROM pg_catalog.generate_series(1, 100) i;
    -- DECOY (seqs): a small type with few rows.
    CREATE TABLE ops.region (id smallserial PRIMARY KEY, name text NOT NULL);
    INSERT INTO ops.region (name) SELECT 'region ' || i FROM pg_catalog.generate_series(1, 12) i;
    """,
    planted: [
      .init(.sequence, "ops.alert_id_seq", "int4, 7 % left"),
      .init(.sequence, "ops.measurement_note", "measurement_id int copies a bigint key"),
      .init(.sequence, "ops.voucher_number", "MAXVALUE"), .init(.sequence, "ops.countdown", "descending"),
    ],
    decoys: [
      .init(.sequence, "ops.slot_number", "CYCLE"), .init(.sequence, "ops.trace_id_seq", "bigint"),
      .init(.sequence, "ops.region_id_seq", "few rows"),
    ])
}
