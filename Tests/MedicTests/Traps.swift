import Postgres
import Testing

@testable import Medic

/// Operators, functions and tables that lie in wait for whoever trusts the search path.
enum Traps {
  /// Plants them in `public` of a database, and makes sessions that begin there look into `public` first.
  static func plant(in database: String, on connection: borrowing Connection) throws {
    try Scratch.run(
      script
        + "ALTER ROLE CURRENT_USER IN DATABASE \(SQLName.quoted(database)) SET search_path = public, pg_catalog;\n",
      on: connection)
  }

  private static let script = """
    CREATE FUNCTION trap() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'fell into the trap'; END $$;
    CREATE FUNCTION trap(name, name) RETURNS bool LANGUAGE sql AS 'SELECT trap()';
    CREATE FUNCTION trap(text, text) RETURNS bool LANGUAGE sql AS 'SELECT trap()';
    CREATE FUNCTION trap(int, int) RETURNS bool LANGUAGE sql AS 'SELECT trap()';
    CREATE FUNCTION trap(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT trap()';
    CREATE FUNCTION trap("char", "char") RETURNS bool LANGUAGE sql AS 'SELECT trap()';
    CREATE OPERATOR public.= (FUNCTION = trap, LEFTARG = name, RIGHTARG = name);
    CREATE OPERATOR public.= (FUNCTION = trap, LEFTARG = text, RIGHTARG = text);
    CREATE OPERATOR public.= (FUNCTION = trap, LEFTARG = int, RIGHTARG = int);
    CREATE OPERATOR public.= (FUNCTION = trap, LEFTARG = oid, RIGHTARG = oid);
    CREATE OPERATOR public.= (FUNCTION = trap, LEFTARG = "char", RIGHTARG = "char");
    CREATE OPERATOR public.~ (FUNCTION = trap, LEFTARG = text, RIGHTARG = text);
    CREATE OPERATOR public.<> (FUNCTION = trap, LEFTARG = name, RIGHTARG = name);
    CREATE FUNCTION public.format(text, VARIADIC "any") RETURNS text LANGUAGE internal AS 'text_format';
    CREATE FUNCTION public.pg_get_indexdef(oid) RETURNS text LANGUAGE sql AS $$ SELECT trap()::text $$;
    CREATE FUNCTION public.unnest(oid[]) RETURNS SETOF oid LANGUAGE sql AS $$ SELECT trap()::text::oid $$;
    CREATE FUNCTION public.max(bigint) RETURNS bigint LANGUAGE sql AS $$ SELECT trap()::int::bigint $$;
    CREATE TABLE public.pg_class (relname name, relkind "char");
    CREATE TABLE public.pg_stat_activity (pid int);
    CREATE FUNCTION trap(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT trap()::int::bigint';
    CREATE AGGREGATE public.count(*) (SFUNC = trap, STYPE = bigint, INITCOND = '0');

    """
}
