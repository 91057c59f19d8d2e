SELECT sqlite_version() >= '3';
CREATE TABLE words(id INTEGER PRIMARY KEY, word TEXT NOT NULL, length INTEGER);
BEGIN;
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
    INSERT INTO words(word) SELECT printf('word-%x', n * 7919 % 20011) FROM numbers;
UPDATE words SET length = length(word);
COMMIT;
CREATE INDEX by_word ON words(word);
SELECT count(*), count(DISTINCT word), sum(length), min(word), max(word) FROM words;
SELECT length, count(*) FROM words GROUP BY length ORDER BY length;
SELECT a.word, b.word FROM words a JOIN words b ON b.id = a.id + 1 WHERE a.word LIKE 'word-ab%' ORDER BY a.word LIMIT 3;
DELETE FROM words WHERE id % 2 = 0;
SELECT count(*), hex(sum(id * length)) FROM words;
VACUUM;
PRAGMA integrity_check;
SELECT 1 / 0, 0.1 + 0.2, 'ende', x'00ff', NULL, upper(substr('interpreter', 1, 5)), round(2.5), abs(-7);
