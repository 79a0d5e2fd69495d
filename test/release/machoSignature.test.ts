import {createHash} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {signAdHoc} from '../../scripts/release/machoSignature.ts';

const arm64 = 0x0100000c;
const x64 = 0x01000007;
const linkeditStart = 0x4000;
const linkeditSize = 0x1234;

/** A Mach-O file of two segments; `room` bytes between its load commands and its first section. */
function machO(cpu: number, room = 64): Buffer {
  const text = segment('__TEXT', {offset: 0, size: linkeditStart, section: 32 + 152 + 72 + room});
  const linkedit = segment('__LINKEDIT', {offset: linkeditStart, size: linkeditSize});
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(cpu, 4);
  header.writeUInt32LE(2, 16);
  header.writeUInt32LE(text.length + linkedit.length, 20);
  const file = Buffer.alloc(linkeditStart + linkeditSize);
  Buffer.concat([header, text, linkedit]).copy(file);
  for (let at = 0x800; at < file.length; at++) file[at] = (at * 31) & 0xff;
  return file;
}

interface Segment {
  readonly offset: number;
  readonly size: number;
  readonly section?: number;
}

/** LC_SEGMENT_64 with at most one section. */
function segment(name: string, {offset, size, section}: Segment): Buffer {
  const command = Buffer.alloc(section === undefined ? 72 : 152);
  command.writeUInt32LE(0x19, 0);
  command.writeUInt32LE(command.length, 4);
  command.write(name, 8, 'latin1');
  command.writeBigUInt64LE(BigInt(offset), 40);
  command.writeBigUInt64LE(BigInt(size), 48);
  if (section === undefined) return command;
  command.writeUInt32LE(1, 64);
  command.writeUInt32LE(section, 72 + 48);
  return command;
}

/** What a kernel reads of a signature: the load command, and the CodeDirectory behind it. */
function signatureOf(file: Buffer) {
  const command = 32 + 152 + 72;
  expect(file.readUInt32LE(command)).toBe(0x1d);
  const start = file.readUInt32LE(command + 8);
  expect(start + file.readUInt32LE(command + 12)).toBe(file.length);
  expect(file.readUInt32BE(start)).toBe(0xfade0cc0);
  const directory = start + file.readUInt32BE(start + 16);
  expect(file.readUInt32BE(directory)).toBe(0xfade0c02);
  const [flags = 0, hashes = 0, name = 0, , pages = 0, limit = 0] = [12, 16, 20, 24, 28, 32].map(
    at => file.readUInt32BE(directory + at),
  );
  const wrong = Array.from({length: pages}, (_, page) => page).filter(page => {
    const code = file.subarray(page * 4096, Math.min((page + 1) * 4096, limit));
    const hash = file.subarray(
      directory + hashes + 32 * page,
      directory + hashes + 32 * (page + 1),
    );
    return !createHash('sha256').update(code).digest().equals(hash);
  });
  const end = file.indexOf(0, directory + name);
  const identifier = file.toString('latin1', directory + name, end);
  return {start, flags, limit, pages, wrong, identifier};
}

describe.each([
  ['arm64', arm64, 0x4000n],
  ['x64', x64, 0x1000n],
])('a signature for %s', (_, cpu, page) => {
  const signed = signAdHoc(machO(cpu), 'kubectl-psp');

  test('is ad hoc, for this identifier, and has the hash of every page of the code', () => {
    const start = linkeditStart + linkeditSize + 12; // to a multiple of 16
    expect(signatureOf(signed)).toEqual({
      start,
      limit: start,
      flags: 2,
      identifier: 'kubectl-psp',
      pages: Math.ceil(start / 4096),
      wrong: [],
    });
  });

  test('lies in __LINKEDIT, which ends with the file and is mapped in whole pages', () => {
    const linkedit = 32 + 152;
    const [mapped, size] = [32, 48].map(at => signed.readBigUInt64LE(linkedit + at));
    expect(size).toBe(BigInt(signed.length - linkeditStart));
    expect((mapped ?? 1n) % page).toBe(0n);
    expect(mapped).toBeGreaterThanOrEqual(size ?? 0n);
  });

  test('replaces one that was there', () => {
    expect(signAdHoc(signed, 'kubectl-psp').equals(signed)).toBe(true);
    const other = signatureOf(signAdHoc(signed, 'other'));
    expect([other.identifier, other.wrong]).toEqual(['other', []]);
  });
});

test('what it can not sign is refused', () => {
  expect(() => signAdHoc(Buffer.alloc(4096), 'x')).toThrow('not a thin 64-bit Mach-O');
  expect(() => signAdHoc(machO(arm64, 8), 'x')).toThrow('no room for LC_CODE_SIGNATURE');
});
