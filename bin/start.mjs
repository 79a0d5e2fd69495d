// Written so that old versions of Node can read it: they get one clear line.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  await import('../dist/kubectl-psp.mjs');
} else {
  process.stderr.write(
    `error: kubectl psp needs Node 22.19 or later, this is ${process.version}: run npm ci in its checkout\n`,
  );
  process.exitCode = 3;
}
