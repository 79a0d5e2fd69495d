// The least that a program in Node can do to have a cluster's pods: one list, and JSON.parse.
import {readFileSync} from 'node:fs';
import {get} from 'node:https';
import {text} from 'node:stream/consumers';

const [url, caFile, token] = process.argv.slice(2);
const options = {ca: readFileSync(caFile), headers: {Authorization: `Bearer ${token}`}};
get(url, options, async response => {
  const {items} = JSON.parse(await text(response));
  if (!(items.length > 0)) process.exitCode = 1;
});
