/**
 * npm run release: one archive a platform, its checksum and bill of materials, and krew's manifest, all
 * in out/. docs/RELEASING.md says more.
 */
import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {messageOf} from '../../src/errors.ts';
import {packageVersion, root} from '../bundle/bundle.ts';
import {makeCaches} from '../bundle/codeCaches.ts';
import {type Commit, changedFiles, commitOf} from '../bundle/commit.ts';
import {type Entry, tarGz, zip} from './archive.ts';
import {prepareBase} from './bases.ts';
import {buildProgram, type Program} from './chunks.ts';
import {makeExecutable} from './executable.ts';
import {documents, krewManifest, type ReleasedArchive} from './krewManifest.ts';
import {noticesOf} from './notices.ts';
import {parseOptions, type ReleaseOptions, usage} from './options.ts';
import {bundledPackages} from './packages.ts';
import {archiveName, executableName, type Platform} from './platforms.ts';
import {type Release, sbomOf} from './sbom.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(usage);
  else await release(options);
} catch (error) {
  process.stderr.write(`release: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function release(options: ReleaseOptions): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`releases are made on linux-amd64, not on ${process.platform}/${process.arch}`);
  }
  const [changed] = changedFiles(root);
  if (changed !== undefined) {
    process.stderr.write(
      'release: the checkout has changes: this is not a release of its commit\n',
    );
  }
  const {folder, baseUrl} = options;
  const scratch = mkdtempSync(join(tmpdir(), 'kubectl-psp-release-'));
  try {
    rmSync(folder, {recursive: true, force: true});
    mkdirSync(folder, {recursive: true});
    const commit = commitOf(root); // once, as it may change meanwhile
    const program = await buildProgram(scratch, commit);
    const archives = releaseAll(program, commit, options, scratch);
    const manifest = krewManifest(packageVersion(), baseUrl, archives);
    // krew wants a file of the plugin's name; the tracked one has a name that says what it is.
    for (const name of ['krew-manifest.yaml', 'psp.yaml']) {
      writeFileSync(join(folder, name), manifest);
    }
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

function releaseAll(
  program: Program,
  commit: Commit,
  options: ReleaseOptions,
  scratch: string,
): readonly ReleasedArchive[] {
  const packages = bundledPackages(program.metafile);
  const bases = options.platforms.map(platform => ({platform, base: prepareBase(platform)}));
  const host = bases.find(({platform}) => isHost(platform));
  if (options.caches && host !== undefined) makeCaches(program.chunks, host.base.executable);
  return bases.map(({platform, base}) => {
    const output = join(scratch, platform.name, executableName(platform));
    makeExecutable(program, platform, base, {output, cached: isHost(platform)});
    const version = packageVersion();
    const archive = writeArchive({version, commit, platform, base, packages}, output, options);
    rmSync(output);
    return archive;
  });
}

/** V8 takes caches only on the kind of machine on which they were made. */
function isHost({target}: Platform): boolean {
  return target.platform === 'linux' && target.arch === 'x64';
}

function writeArchive(
  released: Release,
  executable: string,
  {folder, level}: ReleaseOptions,
): ReleasedArchive {
  const {platform, commit, base, packages} = released;
  const name = archiveName(platform);
  const texts = {
    LICENSE: readFileSync(join(root, 'LICENSE')),
    'THIRD-PARTY-NOTICES': Buffer.from(noticesOf(packages, base)),
  };
  const entries: readonly Entry[] = [
    {name: executableName(platform), content: readFileSync(executable), executable: true},
    ...documents.map(name => ({name, content: texts[name], executable: false})),
  ];
  const pack = platform.os === 'windows' ? zip : tarGz;
  const bytes = pack(entries, {seconds: commit.seconds, level});
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, `${name}.sha256`), `${sha256}  ${name}\n`);
  writeFileSync(join(folder, `kubectl-psp-${platform.name}.cdx.json`), sbomOf(released));
  process.stdout.write(`${name}: ${(bytes.length / 1e6).toFixed(1)} MB, sha256 ${sha256}\n`);
  return {platform, sha256};
}
