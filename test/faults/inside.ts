/**
 * Loaded before the program (node --import), it makes functions of JavaScript throw once a certain text is
 * typed or pasted into the session: as a mistake in the program would, at the place that its name says.
 */
const fail = (where: string): never => {
  throw new TypeError(`made to fail in ${where}`);
};

const {includes} = String.prototype;
String.prototype.includes = function (text, position) {
  return text === 'failview' ? fail('a view') : includes.call(this, text, position);
};

const {hasOwn} = Object;
Object.hasOwn = (object, key) => (key === 'K' ? fail('a key') : hasOwn(object, key));

const {slice} = Array.prototype;
Array.prototype.slice = function (this: readonly unknown[], ...range) {
  const last = this.at(-1);
  const isTop = typeof last === 'object' && last !== null && 'filter' in last;
  return isTop && last.filter === 'failreducer' ? fail('a reducer') : slice.apply(this, range);
};

const {segment} = Intl.Segmenter.prototype;
Intl.Segmenter.prototype.segment = function (text) {
  return includes.call(text, 'ő') ? fail('the layout') : segment.call(this, text);
};

process.on('SIGUSR2', () => void Promise.reject(new TypeError('made to fail in the background')));
