extension CompletionRule {
  /// Reading and writing rows.
  static let data = table(
    """
    COPY -> <relation>, (
    COPY ( -> SELECT, TABLE, VALUES, WITH, INSERT INTO, UPDATE, DELETE FROM
    COPY () -> TO
    COPY * ( … FROM|TO -> <nothing>
    COPY … WITH ( … FORMAT -> binary, csv, text
    COPY … WITH ( … HEADER -> true, false, MATCH
    COPY … WITH ( … FORCE_QUOTE|FORCE_NOT_NULL|FORCE_NULL -> (
    COPY … WITH ( -> FORMAT, FREEZE, DELIMITER, NULL, HEADER, QUOTE, ESCAPE, FORCE_QUOTE, FORCE_NOT_NULL, FORCE_NULL, ENCODING
    COPY … WITH ( … , -> FORMAT, FREEZE, DELIMITER, NULL, HEADER, QUOTE, ESCAPE, FORCE_QUOTE, FORCE_NOT_NULL, FORCE_NULL, ENCODING
    COPY * ( … -> <column:1>
    COPY * [()] -> FROM, TO
    COPY … FROM !FROM -> WITH (, WHERE
    COPY … TO !TO -> WITH (
    COPY … FROM * WITH () -> WHERE
    … INSERT -> INTO
    … INSERT INTO -> <updatable>
    INSERT INTO * -> (, DEFAULT VALUES, SELECT, TABLE, VALUES, OVERRIDING
    INSERT INTO * () -> SELECT, TABLE, VALUES, OVERRIDING
    INSERT INTO * ( -> <column:1>
    INSERT INTO * ( … , -> <column:1>
    INSERT INTO … DEFAULT -> VALUES
    INSERT INTO … OVERRIDING -> SYSTEM VALUE, USER VALUE
    INSERT INTO … OVERRIDING * -> VALUE
    INSERT INTO … OVERRIDING * VALUE -> SELECT, TABLE, VALUES
    INSERT INTO … VALUES -> (
    INSERT INTO … VALUES … () -> ON CONFLICT, RETURNING
    INSERT INTO … ON -> CONFLICT
    INSERT INTO … ON CONFLICT -> (, DO, ON CONSTRAINT
    INSERT INTO … ON CONFLICT ON -> CONSTRAINT
    INSERT INTO * … ON CONFLICT ON CONSTRAINT -> <constraint:1>
    INSERT INTO * … ON CONFLICT ( -> <column:1>
    INSERT INTO * … ON CONFLICT ( … , -> <column:1>
    INSERT INTO … ON CONFLICT () -> DO, WHERE
    INSERT INTO … ON CONFLICT ON CONSTRAINT * -> DO
    INSERT INTO … DO -> NOTHING, UPDATE SET
    INSERT INTO … DO UPDATE -> SET
    INSERT INTO * … DO UPDATE SET -> <column:1>
    INSERT INTO * … DO UPDATE SET … , -> <column:1>
    INSERT INTO * … RETURNING -> <column:1>, *
    INSERT INTO * … RETURNING … , -> <column:1>
    … UPDATE -> <updatable>, ONLY
    UPDATE ONLY -> <updatable>
    UPDATE [ONLY] !ONLY -> SET, AS
    UPDATE [ONLY] * AS * -> SET
    UPDATE [ONLY] * !SET|AS -> SET
    UPDATE [ONLY] * [AS] !SET|AS SET -> <column:1>
    UPDATE [ONLY] * SET -> <column:1>
    UPDATE [ONLY] * … SET … , -> <column:1>
    UPDATE … SET * -> =
    … DELETE -> FROM
    DELETE FROM -> <updatable>, ONLY
    DELETE FROM ONLY -> <updatable>
    DELETE FROM [ONLY] !ONLY -> USING, WHERE, AS, RETURNING
    DELETE FROM … USING -> <selectable>
    DELETE FROM * … RETURNING -> <column:1>, *
    UPDATE * … RETURNING -> <column:1>, *
    MERGE -> INTO
    MERGE INTO -> <updatable>, ONLY
    MERGE INTO ONLY -> <updatable>
    MERGE INTO [ONLY] !ONLY -> USING, AS
    MERGE INTO * AS * -> USING
    MERGE INTO * !USING|AS -> USING
    MERGE INTO … USING -> <selectable>, (
    MERGE INTO … USING !USING -> ON, AS
    MERGE INTO … USING * [AS] !ON|AS|WHEN -> ON
    MERGE INTO … WHEN -> MATCHED, NOT MATCHED
    MERGE INTO … WHEN NOT -> MATCHED
    MERGE INTO … MATCHED -> THEN, AND
    MERGE INTO … WHEN MATCHED … THEN -> UPDATE SET, DELETE, DO NOTHING
    MERGE INTO … WHEN NOT MATCHED … THEN -> INSERT, DO NOTHING
    MERGE INTO … DO -> NOTHING
    TABLE -> <relation>
    VALUES -> (
    WITH -> RECURSIVE
    WITH [RECURSIVE] !RECURSIVE [()] -> AS
    WITH … AS -> (, MATERIALIZED (, NOT MATERIALIZED (
    WITH … AS [NOT] [MATERIALIZED] () -> SELECT, INSERT INTO, UPDATE, DELETE FROM, MERGE INTO
    """)

  /// What may come in any statement, by its last words.
  static let anywhere = table(
    """
    … : : -> <type>
    … :: -> <type>
    … CAST ( … AS -> <type>
    … FROM -> <selectable>, ONLY, LATERAL
    … FROM ONLY -> <selectable>
    … JOIN -> <selectable>, LATERAL
    … CROSS|INNER -> JOIN
    … LEFT|RIGHT|FULL -> JOIN, OUTER JOIN
    … OUTER -> JOIN
    … NATURAL -> JOIN, INNER JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN
    … LATERAL -> (, <callable>
    … JOIN !LATERAL -> ON, USING (, AS
    … JOIN !LATERAL [AS] !ON|USING|AS -> ON, USING (
    … JOIN * USING ( … -> <columns>
    … JOIN * [AS] * USING ( … -> <columns>
    … GROUP|ORDER|PARTITION -> BY
    … BY -> <columns>
    … NULLS -> FIRST, LAST
    … TABLESAMPLE -> BERNOULLI (, SYSTEM (
    … COLLATE -> <collation>
    … IS -> NULL, NOT NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM, NOT DISTINCT FROM
    … IS NOT -> NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM
    … IN -> (
    … BETWEEN -> <columns>, <callable>, SYMMETRIC
    … FOR -> UPDATE, NO KEY UPDATE, SHARE, KEY SHARE
    … FOR UPDATE|SHARE -> NOWAIT, OF, SKIP LOCKED
    … FOR NO -> KEY UPDATE
    … SKIP -> LOCKED
    … UNION|INTERSECT|EXCEPT -> ALL, DISTINCT, SELECT, VALUES
    … UNION|INTERSECT|EXCEPT ALL|DISTINCT -> SELECT, VALUES
    … FETCH -> FIRST, NEXT
    … REFERENCES -> <table>
    … TABLESPACE -> <tablespace>
    … SELECT -> <columns>, <callable>, DISTINCT, ALL, CASE, EXISTS (, *
    … SELECT DISTINCT|ALL -> <columns>, <callable>, ON (
    … WHERE|HAVING|ON|AND|OR|NOT|WHEN -> <columns>, <callable>, NOT, EXISTS (, CASE
    … RETURNING -> <columns>, <callable>, *
    … THEN|ELSE|CASE|=|<|>|+|-|/|% -> <columns>, <callable>, CASE
    … ( -> <columns>, <callable>, SELECT, DISTINCT, CASE
    … BY … , -> <columns>
    … FROM , -> <selectable>, LATERAL, ONLY
    … FROM !SELECT|WHERE , -> <selectable>, LATERAL, ONLY
    … FROM !SELECT|WHERE [AS] !SELECT|WHERE , -> <selectable>, LATERAL, ONLY
    … WITH … () , -> <nothing>
    … , -> <columns>, <callable>, CASE
    … BY … !BY -> ASC, DESC, NULLS FIRST, NULLS LAST, HAVING, LIMIT, OFFSET, ORDER BY, WINDOW, UNION, FOR
    … LIMIT|OFFSET … -> LIMIT, OFFSET, FOR
    … UPDATE … SET … -> FROM, WHERE, RETURNING
    … JOIN … ON … -> AND, OR, WHERE, JOIN, LEFT JOIN, GROUP BY, ORDER BY, LIMIT, IS, IN (, BETWEEN
    … WHERE … -> AND, OR, GROUP BY, ORDER BY, HAVING, LIMIT, OFFSET, UNION, INTERSECT, EXCEPT, RETURNING, IS, IN (, LIKE, ILIKE, BETWEEN, NOT, FOR, WINDOW, FETCH
    … SELECT … FROM … -> WHERE, JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN, INNER JOIN, CROSS JOIN, NATURAL JOIN, GROUP BY, ORDER BY, HAVING, LIMIT, OFFSET, FETCH FIRST, FOR, UNION, INTERSECT, EXCEPT, AS, TABLESAMPLE, WINDOW
    … SELECT … -> FROM, AS, WHERE, INTO, UNION, OVER (, FILTER (
    """)
}
