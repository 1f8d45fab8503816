-- The objects of the first step; the others edit this text, see story_test.go.
CREATE VIEW order_summary AS
  SELECT o.id, a.name, o.total, o.total * 2 AS doubled
  FROM orders o JOIN accounts a ON a.id = o.account_id;
CREATE VIEW big_orders AS SELECT id, name, total FROM order_summary WHERE total > 100;
CREATE TRIGGER orders_touch AFTER UPDATE OF state ON orders WHEN NEW.state IS NULL
BEGIN
  UPDATE orders SET state = 'new' WHERE id = NEW.id;
END;
CREATE TRIGGER summary_put INSTEAD OF INSERT ON order_summary
BEGIN
  INSERT INTO accounts (id, name) VALUES (NEW.id, NEW.name);
END;
CREATE VIRTUAL TABLE account_text USING fts5(name, content='accounts', content_rowid='id');
CREATE TRIGGER account_text_insert AFTER INSERT ON accounts BEGIN
  INSERT INTO account_text (rowid, name) VALUES (NEW.id, NEW.name);
END;
