CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);
CREATE TABLE sale(item INTEGER, day INTEGER, n INTEGER);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 40000)
  INSERT INTO item SELECT i, printf('item-%06d-%s', i, hex(i * 7919)), i * 37 % 991 FROM c;
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200000)
  INSERT INTO sale SELECT i * 7919 % 40000 + 1, i % 365, i % 9 FROM c;
CREATE INDEX sale_item ON sale(item);
SELECT count(*), sum(t) FROM (SELECT name, sum(n * price) AS t FROM item JOIN sale ON item = id GROUP BY name ORDER BY t DESC);
DELETE FROM sale WHERE day % 2;
SELECT count(*) FROM sale;
