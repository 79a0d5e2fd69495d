import {crc32, deflateRawSync, gzipSync} from 'node:zlib';

/** A file of an archive; all lie at its top. */
export interface Entry {
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** How archives are made: the same options and entries give the same bytes. */
export interface ArchiveOptions {
  /** The time of every entry, in seconds since 1970. */
  readonly seconds: number;
  /** zlib's, 1 (fast) to 9 (small). */
  readonly level: number;
}

/** A gzipped tar archive (POSIX ustar), owned by root. */
export function tarGz(entries: readonly Entry[], {seconds, level}: ArchiveOptions): Buffer {
  const blocks = entries.flatMap(entry => [
    tarHeader(entry, seconds),
    entry.content,
    Buffer.alloc(-entry.content.length & 511),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), {level});
}

function tarHeader({name, content, executable}: Entry, seconds: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  header.write(name, 0, 100, 'latin1');
  octal(modeOf(executable), 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(content.length, 124, 11);
  octal(seconds, 136, 11);
  header.write(' '.repeat(8), 148, 'latin1'); // what the checksum counts in its own place
  header.write('0', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header.write('\0 ', 154, 'latin1');
  return header;
}

/** A zip archive, with Unix modes. */
export function zip(entries: readonly Entry[], {seconds, level}: ArchiveOptions): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {name, content, executable} of entries) {
    const packed = deflateRawSync(content, {level});
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version 2.0 of the format
    fields.writeUInt16LE(8, 4); // deflated
    fields.writeUInt32LE(dosTime(seconds), 6);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = [Buffer.from('PK\x03\x04'), fields, Buffer.from(name, 'latin1'), packed];
    const place = Buffer.alloc(14);
    place.writeUInt32LE((0o100000 | modeOf(executable)) * 0x10000, 6);
    place.writeUInt32LE(offset, 10);
    const unix = Buffer.from([20, 3]);
    directory.push(Buffer.from('PK\x01\x02'), unix, fields, place, Buffer.from(name, 'latin1'));
    parts.push(...local);
    offset += sizeOf(local);
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(sizeOf(directory), 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** MS-DOS date and time, in steps of two seconds, as zip has it; in UTC. */
function dosTime(seconds: number): number {
  const time = new Date(seconds * 1000);
  const days =
    ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  const clock =
    (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  return days * 0x10000 + clock;
}

function modeOf(executable: boolean): number {
  return executable ? 0o755 : 0o644;
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((size, part) => size + part.length, 0);
}
