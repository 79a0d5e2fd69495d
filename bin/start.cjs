// Written so that old versions of Node can read it: they get one clear line. CommonJS, as all that a start
// loads: without Node's ES modules `version` takes 0.8 times the processor time.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  require('../dist/start.cjs');
} else {
  process.stderr.write(
    'error: kubectl psp needs Node 22.19 or later, this is ' +
      process.version +
      ': run npm ci in its checkout\n',
  );
  process.exitCode = 3;
}
