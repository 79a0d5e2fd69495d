import {build} from 'esbuild';

/** Where the script of the page of `audit -o html` is as text, in a checkout. */
export const pageScriptFile = 'src/report/audit/html/pageScript.generated.ts';

/**
 * The source of that file: the browser's code in src/report/audit/html/page, in one script. It is tracked,
 * so that the sources run without a build step. `root` is the checkout.
 */
export async function pageScriptSource(root: string): Promise<string> {
  const {outputFiles} = await build({
    absWorkingDir: root,
    entryPoints: ['src/report/audit/html/page/index.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    minifyWhitespace: true,
    lineLimit: 100,
    target: 'es2024',
    charset: 'utf8',
    legalComments: 'none',
    tsconfigRaw: {compilerOptions: {alwaysStrict: true}},
    logLevel: 'warning',
  });
  const text = outputFiles[0]?.text ?? '';
  const literal = text.replaceAll(/[\\`]|\$(?=\{)/g, character => `\\${character}`);
  return `// Written by npm run build from src/report/audit/html/page.

/** The script of the page of an audit, as a browser runs it. */
export const pageScript = \`${literal}\`;
`;
}
