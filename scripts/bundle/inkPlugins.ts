import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Plugin} from 'esbuild';
import {replaceCounted} from './replace.ts';

/** The symbols that the session draws; like ASCII, each is one column wide and one code unit long. */
const symbols =
  '\\u2010-\\u2015\\u2022\\u2026\\u2190-\\u2193\\u2500-\\u257F\\u276F\\u2713\\u2714\\u2717';

/**
 * yoga-layout compiles its WebAssembly in a top-level await, which can't be in a script. Emscripten's
 * instantiateWasm hook lets it be done at once.
 */
const yogaWithoutAwait: Plugin = {
  name: 'yoga-without-await',
  setup(build) {
    build.onLoad({filter: /yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/}, async ({path}) => ({
      contents: replaceCounted(
        path,
        await readFile(path, 'utf8'),
        /const Yoga = wrapAssembly\(await loadYoga\(\)\);/g,
        `const library = {
          instantiateWasm(imports, receive) {
            const module = new WebAssembly.Module(loadYoga.wasmBytes());
            const instance = new WebAssembly.Instance(module, imports);
            receive(instance);
            return instance.exports;
          },
        };
        loadYoga(library);
        const Yoga = wrapAssembly(library);`,
      ),
      loader: 'js',
    }));
    build.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, async ({path}) => {
      const text = await readFile(path, 'utf8');
      const wasm = /"data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
      if (wasm === undefined) throw new Error(`${path}: there is no WebAssembly in it`);
      const scriptless = replaceCounted(
        path,
        text.replace(wasm, ''),
        /var _scriptDir = import\.meta\.url;/g,
        'var _scriptDir = "";',
      );
      const exported = `loadYoga.wasmBytes = () => Buffer.from("${wasm}", "base64");
        export default loadYoga;`;
      const contents = replaceCounted(path, scriptless, /export default loadYoga;/g, exported);
      return {contents, loader: 'js'};
    });
  },
};

/** Ink's hook for React's developer tools: top-level awaits, and a package that isn't installed. */
const noDeveloperTools: Plugin = {
  name: 'no-developer-tools',
  setup(build) {
    build.onLoad({filter: /ink[\\/]build[\\/]reconciler\.js$/}, async ({path}) => ({
      contents: replaceCounted(
        path,
        await readFile(path, 'utf8'),
        /process\.env\['DEV'\] === 'true'/g,
        'false',
        2,
      ),
      loader: 'js',
    }));
  },
};

/** Modules of Ink and its packages that make a segmenter when they are loaded, or for every text. */
const segmenterUsers =
  /node_modules[\\/](ink[\\/]build[\\/]line-update|(wrap-ansi|cli-truncate|string-width)[\\/]index|slice-ansi[\\/]tokenize-ansi|@alcalzone[\\/]ansi-tokenize[\\/]build[\\/]tokenize)\.js$/;

const lazySegmenter = JSON.stringify(join(import.meta.dirname, 'segmenter.ts'));

/** Gives them the lazy segmenter, and string-width its short way for the session's symbols. */
const fastText: Plugin = {
  name: 'fast-text',
  setup(build) {
    build.onLoad({filter: segmenterUsers}, async ({path}) => {
      const text = await readFile(path, 'utf8');
      const lazy = replaceCounted(path, text, /new Intl\.Segmenter\(/g, 'new LazySegmenter(');
      const contents = `import {LazySegmenter} from ${lazySegmenter};\n${lazy}`;
      const isWidth = /string-width[\\/]index\.js$/.test(path);
      return {contents: isWidth ? withShortWay(path, contents) : contents, loader: 'js'};
    });
  },
};

/**
 * string-width takes a short way for ASCII alone; for anything else it wants expressions of all emoji and
 * marks, which take longer to make than the rest of the first frame. The symbols go the short way too, and
 * the expressions are made when they are first needed.
 */
function withShortWay(path: string, text: string): string {
  const short = replaceCounted(
    path,
    text,
    /if \(\/\^\[\\u0020-\\u007E\]\*\$\/\.test\(string\)\)/g,
    `if (/^[\\u0020-\\u007E]*$/.test(string) ||
      (ambiguousIsNarrow && /^[\\u0020-\\u007E${symbols}]*$/.test(string)))`,
  );
  return lateExpressions.reduce((code, name) => madeLate(path, code, name), short);
}

const lateExpressions: readonly string[] = [
  'visibleCharacterRegex',
  'spacingMarkRegex',
  'rgiEmojiRegex',
  'extendedPictographicRegex',
];

/** `const NAME = /…/` as a function that makes it once, and its uses as calls. */
function madeLate(path: string, code: string, name: string): string {
  const [declaration, literal] =
    new RegExp(`^const ${name} = (/.+/[a-z]*);$`, 'm').exec(code) ?? [];
  if (declaration === undefined) throw new Error(`${path}: there is no expression ${name}`);
  const called = code.replaceAll(new RegExp(`\\b${name}(?=[.)])`, 'g'), () => `${name}()`);
  return called.replace(
    declaration,
    () => `let ${name}Made;\nconst ${name} = () => (${name}Made ??= ${literal});`,
  );
}

/** What Ink and its packages need to start fast and to fit into scripts. */
export const inkPlugins: readonly Plugin[] = [yogaWithoutAwait, noDeveloperTools, fastText];
