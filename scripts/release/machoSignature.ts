import {createHash} from 'node:crypto';

/** The name under which the macOS executables are signed. */
export const machoIdentifier = 'kubectl-psp';

const loadCommand = {segment64: 0x19, codeSignature: 0x1d};
const pageSize = 4096;
const hashSize = 32;
const headerSize = 88;
const specialSlots = 2;
const linkeditCommandSize = 16;

/** What of a Mach-O file's load commands a signature depends on: offsets into the file. */
interface Layout {
  readonly isArm64: boolean;
  readonly text: number;
  readonly linkedit: number;
  readonly signature: number | undefined;
  readonly firstSection: number;
}

/**
 * A thin 64-bit Mach-O executable with an ad-hoc signature in place of any it had, as `codesign --sign -`
 * makes it: macOS on arm64 runs nothing without. The formats are those of Apple's loader.h and
 * cs_blobs.h.
 */
export function signAdHoc(input: Buffer, identifier: string): Buffer {
  const {isArm64, text, linkedit, signature, firstSection} = layoutOf(input);
  const code =
    signature === undefined ? input : input.subarray(0, input.readUInt32LE(signature + 8));
  const codeSize = aligned(code.length, 16);
  const directorySize =
    headerSize + identifier.length + 1 + hashSize * (specialSlots + Math.ceil(codeSize / pageSize));
  const signatureSize = aligned(12 + 3 * 8 + directorySize + 12 + 8, 16);

  const output = Buffer.alloc(codeSize + signatureSize);
  code.copy(output);
  const command = signature ?? addCommand(output, firstSection);
  output.writeUInt32LE(codeSize, command + 8);
  output.writeUInt32LE(signatureSize, command + 12);
  const linkeditSize = BigInt(output.length) - output.readBigUInt64LE(linkedit + 40);
  const memorySize = aligned(Number(linkeditSize), isArm64 ? 0x4000 : 0x1000);
  output.writeBigUInt64LE(BigInt(memorySize), linkedit + 32);
  output.writeBigUInt64LE(linkeditSize, linkedit + 48);

  const segment = output.subarray(text + 40, text + 56);
  superBlob(directoryOf(output.subarray(0, codeSize), identifier, segment)).copy(output, codeSize);
  return output;
}

function layoutOf(file: Buffer): Layout {
  if (file.readUInt32LE(0) !== 0xfeedfacf) throw new Error('not a thin 64-bit Mach-O file');
  let text: number | undefined;
  let linkedit: number | undefined;
  let signature: number | undefined;
  let firstSection = Number.POSITIVE_INFINITY;
  let offset = 32;
  for (let count = file.readUInt32LE(16); count > 0; count--) {
    const kind = file.readUInt32LE(offset);
    if (kind === loadCommand.codeSignature) signature = offset;
    if (kind === loadCommand.segment64) {
      const name = file.toString('latin1', offset + 8, offset + 24).replace(/\0+$/, '');
      if (name === '__TEXT') text = offset;
      if (name === '__LINKEDIT') linkedit = offset;
      firstSection = Math.min(firstSection, ...sectionOffsets(file, offset));
    }
    offset += file.readUInt32LE(offset + 4);
  }
  if (text === undefined || linkedit === undefined) throw new Error('no __TEXT or __LINKEDIT');
  const isArm64 = file.readUInt32LE(4) === 0x0100000c;
  return {isArm64, text, linkedit, signature, firstSection};
}

/** Where the contents of a segment's sections begin; some have none in the file. */
function sectionOffsets(file: Buffer, segment: number): readonly number[] {
  const sections = file.readUInt32LE(segment + 64);
  return Array.from({length: sections}, (_, index) =>
    file.readUInt32LE(segment + 72 + 80 * index + 48),
  ).filter(offset => offset !== 0);
}

/** Adds an empty LC_CODE_SIGNATURE to the load commands; returns where it is. */
function addCommand(file: Buffer, firstSection: number): number {
  const size = file.readUInt32LE(20);
  const offset = 32 + size;
  const end = offset + linkeditCommandSize;
  if (end > firstSection || file.subarray(offset, end).some(byte => byte !== 0)) {
    throw new Error('no room for LC_CODE_SIGNATURE among the load commands');
  }
  file.writeUInt32LE(file.readUInt32LE(16) + 1, 16);
  file.writeUInt32LE(size + linkeditCommandSize, 20);
  file.writeUInt32LE(loadCommand.codeSignature, offset);
  file.writeUInt32LE(linkeditCommandSize, offset + 4);
  return offset;
}

const requirements = bigEndian(0xfade0c01, 12, 0);
const noCms = bigEndian(0xfade0b01, 8);

/** The CodeDirectory (version 0x20400): a hash of every page. `segment` is __TEXT's place in the file. */
function directoryOf(code: Buffer, identifier: string, segment: Buffer): Buffer {
  const name = Buffer.from(`${identifier}\0`, 'latin1');
  const pages = Math.ceil(code.length / pageSize);
  const hashes = headerSize + name.length + specialSlots * hashSize;
  const directory = Buffer.alloc(hashes + pages * hashSize);
  const adHoc = 2;
  bigEndian(
    0xfade0c02,
    directory.length,
    0x20400,
    adHoc,
    hashes,
    headerSize,
    specialSlots,
    pages,
    code.length,
  ).copy(directory);
  directory.writeUInt8(hashSize, 36);
  directory.writeUInt8(2, 37); // SHA-256
  directory.writeUInt8(Math.log2(pageSize), 39);
  directory.writeBigUInt64BE(segment.readBigUInt64LE(0), 64);
  directory.writeBigUInt64BE(segment.readBigUInt64LE(8), 72);
  directory.writeBigUInt64BE(1n, 80); // a main executable
  name.copy(directory, headerSize);
  sha256(requirements).copy(directory, hashes - specialSlots * hashSize);
  for (let page = 0; page < pages; page++) {
    const start = page * pageSize;
    sha256(code.subarray(start, start + pageSize)).copy(directory, hashes + page * hashSize);
  }
  return directory;
}

function superBlob(directory: Buffer): Buffer {
  const first = 12 + 3 * 8;
  const second = first + directory.length;
  const third = second + requirements.length;
  return Buffer.concat([
    bigEndian(0xfade0cc0, third + noCms.length, 3, 0, first, 2, second, 0x10000, third),
    directory,
    requirements,
    noCms,
  ]);
}

function aligned(size: number, to: number): number {
  return Math.ceil(size / to) * to;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function bigEndian(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word, 4 * index);
  });
  return bytes;
}
