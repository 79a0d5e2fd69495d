/**
 * What profiles told and what was done about it, for docs/BENCHMARKS.md: a paragraph each, with the processor time
 * and the memory before and after, which other work on a machine changes less than the clock.
 */
const findings: readonly (readonly [title: string, text: string])[] = [
  [
    'snapshot, 20,000 pods',
    `The document was built whole, copied without its empty fields, printed whole and written whole. Now each pod is
read from its bytes, printed and forgotten, and parts of 64 KiB are written. JSON is printed without a function that
is asked about each value, unless there is a number in it that JavaScript can't hold. 3.1 s became 2.0 s and 500 MiB
became 240 to 280 MiB. V8 had learnt from reading that what it makes there stays, and put what is only made to be printed
with what stays; told before long lists not to learn that, it takes 200 to 215 MiB, with all that standard output gets going
there as it is made. Of these, 45 were the bytes of specs with all their fields, environments and resources too; without
the fields that nobody reads it is 155. Of these, 45 are what was read of metadata and other kinds, 75 the program, and the
rest is what the allocator of C does not give back.`,
  ],
  [
    'advise -A and why -A, 5,000 pods that nobody owns',
    `These took 132 and 136 MiB, of which 16 were the bytes of specs. A pod's spec has about 3,400 bytes, and 800 of them are in
fields that are read; only these are now kept, copied as the list comes in. With the one HTTP/2 connection as well, it is 109
and 106 MiB for the same processor time, within 4 %. A young generation of 1 MB would take 15 MiB more off
and cost files a tenth of their time.`,
  ],
  [
    'why -A -o json, 20,000 pods and 200 policies',
    `It is a document of half a gigabyte, all candidates of all pods, and was made whole before it was printed as one text,
which failed. Now machine output makes, prints and forgets one item after the other: 2.8 GiB became 1.0 GiB.`,
  ],
  [
    'any answer from a snapshot',
    `A file was read in pieces that were then joined and decoded; now it is read in one piece. To read one of 20,000 pods
takes 265 MiB in place of 350, one of 100,000 pods 0.9 to 1.1 GiB in place of 1.15.`,
  ],
  [
    'all that judges, 500 policies and 10,000 accounts',
    `Of each account it was noted for each policy that it may not use it; now only what it may use is noted. why -A of
100,000 pods takes 1.1 GiB in place of 1.45, migrate -A 1.1 in place of 1.4, audit -A 1.4 in place of 1.5.`,
  ],
  [
    'the session, 20,000 pods and 200 policies, 200 watch events a second',
    `Handling a batch of events took 130 ms: every pod was sorted, listed, judged by its template, counted and measured
for the column widths again, and a pod whose status changed became a new object. All of this is now kept per namespace,
and whatever has not changed is reused: 13 ms, or about 60 with 100,000 pods. The list of policies tried every policy on every template,
300 ms, now 20. The plan of the way off (350 ms) and the findings (1 s) are made again only when something changes that
they are about. Escape was held back for 20 ms by Ink, and what followed it for 40 more; it is now written so that nothing
has to be waited for. The session takes 11 to 15 % of a core, and on a machine that has other work keys wait for that, not for it.
It holds 260 to 300 MiB once all is read, 235 since only the fields of pods that are read are kept. Then it grew to 634 MiB within a minute, peak 682, and stayed there: V8 let the heap
grow fourfold before it looked for what is garbage. Collecting after every 30 % of growth keeps it at 300 to 350 MiB for no more
processor time. Short commands would need a tenth more of both, so only the session does it.`,
  ],
  [
    'the session, 100,000 pods in 2,500 namespaces, 500 policies, 12,500 bindings',
    `All is read and followed with 916 MiB, 928 MiB at most; while the machine had twenty times the work of its processors it
took 33 s, and a key 115 ms (p50) to 360 ms (p95), which is no measure of the session. Under 200 events a second it was not
measured: the API server of that size did not make them there.`,
  ],
  [
    'who-can, 3,000 bindings',
    `Bare Node that makes the same five lists takes 80 ms of processor time, of which it takes 30 to start, 20 to load TLS
and 5 for each connection's handshake. Of 166 ms here, 17 went into authorities that Node reads in as soon as TLS is
loaded, 9 into finding 70 small files of code, and 11 into code that only --indirect asks; without that it is 129.
Roles and bindings were read from protobuf and then decoded once more as if they were JSON, which took as long again:
67 ms of the 130 that reading 6,000 of them takes while nothing is compiled; now 18. The five connections became one
of HTTP/2, as kubectl has it, whose code is loaded while the server computes the handshake: 0.88 to 0.92 of the time. What is left is
code to load, 480 KB: 10 ms until V8 has it, 8 until it has run once. Caches of just what who-can compiles, shorter names, a
larger young generation, or lists from the server's cache change that by 1 % at most. V8's snapshots
don't help: they can't hold Node's HTTPS, and starting from one takes 9 ms more.`,
  ],
  [
    'audit -A, 20,000 pods and 200 policies from a file',
    `Half of the time went into how open policies are, computed at each comparison of a sort; it is now kept with the
policy. The search for accounts that a narrower binding would need went on when there were too many, in all
namespaces. A policy that fits a pod is looked for from the strictest on, one candidate after the other, where all
candidates of all pods were made and kept. 6.5 s became 3.1 s and 860 MiB became 390 MiB; of 100,000 pods, 500 policies
and 12,500 bindings 47 s became 22 s and 3.1 GiB became 1.5 GiB. Since V8 is told to expect many objects it is 1.2 GiB,
of which the file and its text are 400 MiB and what JSON.parse makes of it 320; read live, it takes 540 MiB, and no
command more than 570.`,
  ],
  [
    'admission policies, 20 of them and a pod of 50 containers',
    `The server asks the mutating policy twice about each pod, as it has changed it the first time, and the second time
all policies were looked at again, which could also come to another one than v1.24 had chosen. Now the choice is carried along and only
that one policy is looked at: 0.84 s of processor time became 0.48 (cel-reference, the worst pod there is a test of). Of 60
policies it is a tenth, as five of six mutations do nothing but be called: each writes and reads the pod as JSON, 40 % of the time.`,
  ],
];

/** The paragraphs as Markdown. */
export function findingsText(): string {
  return [
    '## What profiles told',
    ...findings.map(([title, text]) => `**${title}.** ${text.replaceAll('\n', ' ')}`),
  ]
    .map(part => `${part}\n`)
    .join('\n');
}
