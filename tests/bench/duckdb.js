// duckdb.js: run the SQL on stdin where DuckDB is a Node.js module and has no command of its own.
//
//     node duckdb.js < query.sql

'use strict';

const fs = require('fs');
const { DuckDBInstance } = require('@duckdb/node-api');

async function main() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(fs.readFileSync(0, 'utf8'));
}

main().catch((problem) => {
  console.error(problem.message);
  process.exit(1);
});
