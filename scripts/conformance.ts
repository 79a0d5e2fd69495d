/**
 * node scripts/conformance.ts FILE: reads cases (JSON Lines, plain, gzipped, or in brotli if the name
 * ends in .br) and prints what the program makes of them, a line each, in the short form of the
 * reference's results (see test/kubernetes/README.md).
 */
import {readFileSync} from 'node:fs';
import {brotliDecompressSync, gunzipSync} from 'node:zlib';
import {conformanceResult} from '../src/conformance/conformance.ts';
import {messageOf} from '../src/errors.ts';
import {parseJson, printJson} from '../src/kube/json.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: npm run --silent conformance -- FILE\n');
  process.exit(2);
}
try {
  for (const line of unpacked(file).toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    process.stdout.write(`${printJson(conformanceResult(parseJson(line)))}\n`);
  }
} catch (error) {
  process.stderr.write(`error: ${file}: ${messageOf(error)}\n`);
  process.exitCode = 3;
}

function unpacked(name: string): Buffer {
  const bytes = readFileSync(name);
  if (name.endsWith('.br')) return brotliDecompressSync(bytes);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? gunzipSync(bytes) : bytes;
}
