import {type Integer, integerOf} from '../kube/json.ts';

/*
 * Which type a scalar is of: gopkg.in/yaml.v2 v2.4.0 (resolve.go), then JSON
 * (sigs.k8s.io/yaml v1.2.0, yaml.go).
 */

/** The prefix that `!!` stands for. */
export const yamlTag = 'tag:yaml.org,2002:';

/** A float differs from an integer: as keys they are written differently. */
export type Scalar =
  | {readonly type: 'null'}
  | {readonly type: 'bool'; readonly value: boolean}
  | {readonly type: 'int'; readonly value: Integer}
  | {readonly type: 'float'; readonly value: number}
  | {readonly type: 'str'; readonly value: string};

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    word => [word, {type: 'bool', value: true}] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    word => [word, {type: 'bool', value: false}] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, {type: 'null'}] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, {type: 'float', value: Number.NaN}] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(
    word => [word, {type: 'float', value: Number.POSITIVE_INFINITY}] as const,
  ),
  ...['-.inf', '-.Inf', '-.INF'].map(
    word => [word, {type: 'float', value: Number.NEGATIVE_INFINITY}] as const,
  ),
]);

const integer = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][\da-fA-F]+|[1-9]\d*|0)$/;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** What an unquoted scalar without a tag is. */
export function resolvePlain(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  // A digit, sign or dot; everything else is text.
  if (first > 0x39 || first < 0x2b || first === 0x2c || first === 0x2f) return textOf(text);
  const digits = first === 0x2e ? text.replace(/(?<=\d)_(?=\d)/g, '') : text.replaceAll('_', '');
  const int = integer.test(digits) ? parseInteger(digits) : undefined;
  if (int !== undefined) return {type: 'int', value: int};
  if (float.test(digits)) {
    const value = Number(digits);
    if (Number.isFinite(value)) return {type: 'float', value};
  }
  return textOf(text);
}

function textOf(value: string): Scalar {
  return {type: 'str', value};
}

/** Undefined beyond 64 bits. Without a sign it may need all of them. */
function parseInteger(text: string): Integer | undefined {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const [, sign = '', zero = '', letter = '', digits = ''] =
    /^([-+]?)(0?)([bBoOxX]?)(.*)$/.exec(text) ?? [];
  // 64 bits have 64 digits at most; converting more would take time.
  if (digits.replace(/^0+/, '').length > 64) return undefined;
  const octal = zero === '0' && letter === '' && digits !== '';
  const prefix = octal ? '0o' : zero + letter.toLowerCase();
  const size = BigInt(`${prefix}${digits}`);
  const signed = sign === '-' ? -size : size;
  if (signed < -(2n ** 63n)) return undefined;
  if (signed >= (sign === '' ? 2n ** 64n : 2n ** 63n)) return undefined;
  return integerOf(signed.toString());
}

const clock = String.raw`(\d\d?):(\d\d?):(\d\d?)(?:[.,]\d+)?`;
const timestamp = new RegExp(
  String.raw`^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]${clock}(?:Z|[-+](\d\d):(\d\d))| +${clock})?$`,
);

/** The forms of resolve.go, with Go's limits for each part. */
function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (match === null) return false;
  const [
    year = 0,
    month = 0,
    day = 0,
    h = 0,
    m = 0,
    s = 0,
    zoneH = 0,
    zoneM = 0,
    hh = h,
    mm = m,
    ss = s,
  ] = match.slice(1).map(part => (part === undefined ? undefined : Number(part)));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDate && hh < 24 && mm < 60 && ss < 60 && zoneH <= 24 && zoneM <= 60;
}

/** What a scalar with a tag is; undefined if its text doesn't fit the tag. */
export function resolveTagged(text: string, tag: string): Scalar | undefined {
  const type = tag.startsWith(yamlTag) ? tag.slice(yamlTag.length) : '';
  if (type === 'timestamp') return isTimestamp(text) ? textOf(text) : undefined;
  if (type === 'binary') return binaryText(text);
  // A tag that isn't known makes everything text.
  if (!['null', 'bool', 'int', 'float'].includes(type)) return textOf(text);
  const scalar = resolvePlain(text);
  if (scalar.type === type) return scalar;
  if (type === 'float' && scalar.type === 'int' && scalar.value < 2n ** 63n) {
    return {type, value: Number(scalar.value)};
  }
  return undefined;
}

/** Bytes that are not UTF-8 do not fit; kubectl would put U+FFFD in their place. */
function binaryText(text: string): Scalar | undefined {
  const base64 = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(base64))
    return undefined;
  try {
    return textOf(
      new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(
        Buffer.from(base64, 'base64'),
      ),
    );
  } catch {
    return undefined;
  }
}

/** The key of a JSON object that a scalar becomes; undefined where kubectl refuses it. */
export function keyOf(scalar: Scalar): string | undefined {
  switch (scalar.type) {
    case 'str':
      return scalar.value;
    case 'bool':
      return String(scalar.value);
    case 'int':
      return scalar.value < 2n ** 63n ? scalar.value.toString() : undefined;
    case 'float':
      return floatKey(Math.fround(scalar.value));
    case 'null':
      return undefined;
  }
}

/** As Go's strconv.FormatFloat(value, 'g', -1, 32) writes a 32-bit float. */
function floatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  let precision = 1;
  while (Math.fround(Number(roundHalfEven(value, precision))) !== value) precision += 1;
  const [mantissa = '', exponent = '0'] = roundHalfEven(value, precision).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) {
    return Number(`${mantissa}e${power}`).toString();
  }
  const size = Math.abs(power).toString().padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${size}`;
}

/** In scientific notation with this many digits; JavaScript rounds a half up, Go to an even digit. */
function roundHalfEven(value: number, digits: number): string {
  const rounded = value.toExponential(digits - 1);
  const [mantissa = '', exponent] = value.toExponential(60).split('e');
  const half = /^(-?\d\.?\d*?[02468]\.?)50*$/.exec(mantissa)?.[1];
  const kept = half?.replace(/\D/g, '').length;
  return half !== undefined && kept === digits ? `${half.replace(/\.$/, '')}e${exponent}` : rounded;
}
