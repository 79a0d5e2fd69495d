import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {crc32, inflateRawSync} from 'node:zlib';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Entry, tarGz, zip} from '../../scripts/release/archive.ts';

const seconds = Date.UTC(2026, 2, 4, 5, 6, 8) / 1000;
const options = {seconds, level: 9};
const entries: readonly Entry[] = [
  {name: 'program', content: Buffer.alloc(70_001, 'ab\0c'), executable: true},
  {name: 'LICENSE', content: Buffer.from('Grüße\n'), executable: false},
  {name: 'EMPTY', content: Buffer.alloc(0), executable: false},
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-archive-'));
});
afterAll(() => rmSync(folder, {recursive: true}));

test('tar unpacks a .tar.gz to the same files, modes and times', () => {
  const archive = join(folder, 'a.tar.gz');
  writeFileSync(archive, tarGz(entries, options));
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  for (const {name, content, executable} of entries) {
    const file = join(folder, name);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(statSync(file).mode & 0o100).toBe(executable ? 0o100 : 0);
    expect(statSync(file).mtimeMs).toBe(seconds * 1000);
  }
  const listed = execFileSync('tar', ['-tvzf', archive], {encoding: 'utf8'});
  expect(listed).toMatch(
    /^-rwxr-xr-x .*70001 .*program\n-rw-r--r-- .*LICENSE\n-rw-r--r-- .*EMPTY\n$/,
  );
});

test('a zip has each file in its directory, with mode, time, sizes and checksum', () => {
  expect(readZip(zip(entries, options))).toEqual(
    entries.map(({name, content, executable}) => ({
      name,
      content,
      mode: executable ? 0o100755 : 0o100644,
      time: '2026-3-4 5:6:8',
      isSound: true,
    })),
  );
});

test('the same files make the same bytes, and the time is all that it takes from the clock', () => {
  for (const pack of [tarGz, zip]) {
    expect(pack(entries, options).equals(pack(entries, options))).toBe(true);
    expect(pack(entries, options).equals(pack(entries, {...options, seconds: 1e9}))).toBe(false);
  }
});

/** Reads a zip by its central directory (APPNOTE.TXT 4.3.12), and each file by its local header. */
function readZip(bytes: Buffer) {
  const end = bytes.lastIndexOf('PK\x05\x06');
  let at = bytes.readUInt32LE(end + 16);
  expect(at + bytes.readUInt32LE(end + 12)).toBe(end);
  return Array.from({length: bytes.readUInt16LE(end + 10)}, () => {
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('latin1', at + 46, at + 46 + nameLength);
    const local = bytes.readUInt32LE(at + 42);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(at + 20)));
    const mode = bytes.readUInt32LE(at + 38) >>> 16;
    const [clock, day] = [bytes.readUInt16LE(at + 12), bytes.readUInt16LE(at + 14)];
    const isSound =
      bytes.subarray(local + 4, local + 30).equals(bytes.subarray(at + 6, at + 32)) &&
      bytes.readUInt32LE(at + 24) === content.length &&
      bytes.readUInt32LE(at + 16) === crc32(content);
    at += 46 + nameLength;
    const date = `${(day >> 9) + 1980}-${(day >> 5) & 15}-${day & 31}`;
    const time = `${date} ${clock >> 11}:${(clock >> 5) & 63}:${(clock & 31) * 2}`;
    return {name, content, mode, time, isSound};
  });
}
