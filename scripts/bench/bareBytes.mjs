// The least that a program can do to have a cluster's pods: one list, read and not even parsed.
import {readFileSync} from 'node:fs';
import {get} from 'node:https';

const [url, caFile, token, accept] = process.argv.slice(2);
const headers = {Authorization: `Bearer ${token}`, Accept: accept};
get(url, {ca: readFileSync(caFile), headers}, response => {
  let bytes = 0;
  response.on('data', chunk => {
    bytes += chunk.length;
  });
  response.on('end', () => {
    if (response.statusCode !== 200 || bytes < 1000) process.exitCode = 1;
  });
});
