-- The objects of the first step; the others edit this text, see story_test.go.
CREATE EXTENSION btree_gist;
CREATE SCHEMA reports;
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE span AS RANGE (subtype = integer);
CREATE TYPE mood AS ENUM ('', 'sad', 'happy');
CREATE SEQUENCE numbers INCREMENT BY 5;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT n * 2 $$;
CREATE FUNCTION order_count(account bigint) RETURNS bigint STABLE
BEGIN ATOMIC
  SELECT count(*) FROM orders o WHERE o.account_id = account;
END;
CREATE PROCEDURE forget(account bigint) LANGUAGE sql AS $$ DELETE FROM orders WHERE account_id = account $$;
CREATE AGGREGATE longest(text) (SFUNC = longer, STYPE = text);
CREATE FUNCTION longer(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN length(a) >= length(b) THEN a ELSE b END $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.state := coalesce(NEW.state, 'new');
  RETURN NEW;
END
$$;
CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE OF state ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION put_summary() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE VIEW order_summary AS
  SELECT o.id, a.name, o.total, twice(o.total) AS doubled
  FROM orders o JOIN accounts a ON a.id = o.account_id;
CREATE VIEW big_orders WITH (security_barrier) AS SELECT id, name, total FROM order_summary WHERE total > 100;
CREATE VIEW reports.per_level AS SELECT level, count(*) AS n FROM accounts GROUP BY level;
CREATE TRIGGER summary_put INSTEAD OF INSERT ON order_summary FOR EACH ROW EXECUTE FUNCTION put_summary();
CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(total) AS total FROM orders GROUP BY account_id;
CREATE UNIQUE INDEX totals_account ON totals (account_id);
CREATE RULE keep_accounts AS ON DELETE TO accounts DO INSTEAD NOTHING;
CREATE POLICY own_orders ON orders FOR SELECT USING (total < 1000);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE STATISTICS orders_stat (dependencies) ON account_id, state FROM orders;
CREATE PUBLICATION story_pub FOR TABLE orders, accounts;
-- visits
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
COMMENT ON VIEW big_orders IS 'the big ones';
COMMENT ON FUNCTION twice(integer) IS 'two times';
GRANT SELECT ON big_orders, order_summary TO PUBLIC;
GRANT SELECT (id, name) ON accounts TO PUBLIC;
