#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Makes libpq forget what the environment says about connections, for a program that will speak to a sandbox: with
/// PGSERVICE, PGOPTIONS or PGPASSFILE it would mix in what was meant for another server. `PSQL*` variables stay.
/// Call it before there are threads.
public func forgetConnectionEnvironment() {
  for name in [
    "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGREQUIREAUTH",
    "PGCHANNELBINDING", "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS", "PGAPPNAME", "PGSSLMODE", "PGREQUIRESSL",
    "PGSSLNEGOTIATION", "PGSSLCOMPRESSION", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL", "PGSSLCRLDIR",
    "PGSSLSNI", "PGREQUIREPEER", "PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGGSSENCMODE", "PGKRBSRVNAME",
    "PGGSSLIB", "PGCONNECT_TIMEOUT", "PGCLIENTENCODING", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGDATESTYLE",
    "PGTZ", "PGGEQO", "PGSYSCONFDIR",
  ] { unsetenv(name) }
}
