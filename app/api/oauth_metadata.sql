-- What the metadata says of the catalogue.

-- rows oauth_metadata_scopes() -> word text?
SELECT CONCAT(a.word, ':', p.word) AS word
  FROM permission p
  JOIN api a ON a.id = p.api_id
 ORDER BY a.word, p.word
 LIMIT 600;
