import {describe, expect, test} from 'vitest';
import {controlById} from '../../src/controls/index.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import {nextStep} from '../../src/tui/edit.ts';
import type {View} from '../../src/tui/session.ts';
import {widthOf} from '../../src/tui/text.ts';
import {
  agreeing,
  changing,
  ctrlC,
  demo,
  down,
  enter,
  esc,
  left,
  openScreen,
  right,
  up,
} from './screen.tsx';

const policies: readonly View[] = [{name: 'policies'}];
const editor = (policy: string): readonly View[] => [{name: 'policies'}, {name: 'policy', policy}];

/** The inventory in which one policy is otherwise. */
function withPolicy(
  name: string,
  change: (policy: Inventory['policies'][number]) => Inventory['policies'][number],
): Inventory {
  return {
    ...demo,
    policies: demo.policies.map(each => (each.metadata.name === name ? change(each) : each)),
  };
}

describe('the views, by keys', () => {
  test('from a namespace to the reasons of a pod, and back to the same rows', async () => {
    const screen = openScreen();
    expect(screen.frame()).toMatch(/^kubectl psp {2}context demo .* jane +live /);
    await screen.press(down, enter);
    expect(await screen.shows('Namespaces > data')).toMatch(/> default +7 +data, denied/);
    await screen.press(enter, enter);
    expect(await screen.shows('> Why ')).toMatch(
      /Policies in the order in which admission tries them/,
    );
    await screen.press(esc, esc, esc);
    expect(await screen.shows('NAMESPACE')).toMatch(/^> data /m);
  });

  test('filter, sort, jump and help', async () => {
    const screen = openScreen();
    await screen.press('/', 's', 'h', 'o', enter);
    expect(await screen.shows('1 of 11, filter: sho')).toMatch(/^> shop/m);
    await screen.press(esc);
    await screen.shows('11 rows');
    await screen.press('s', 's');
    expect(await screen.shows('NAMESPACE↓')).toMatch(/^> shop(.|\n)*default/m);
    await screen.press('s');
    expect(await screen.shows('PODS↑')).toMatch(/default(.|\n)*shop/);
    await screen.press(':');
    await screen.shows('namespaces pods policies advise gaps help quit');
    await screen.press('n', 'o', enter);
    await screen.shows('! No view no;');
    await screen.press(':', 'p', 's', 'p', enter);
    await screen.shows(/^Policies$/m);
    await screen.press('b');
    await screen.shows('Policies > baseline');
    await screen.press('?');
    await screen.shows('Everywhere');
  });

  test('advise: the scope by keys, then write and apply with the grants', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: [{name: 'namespaces'}]});
    await screen.press('a');
    expect(await screen.shows('One policy for each:')).toContain('[service-account]');
    await screen.press(right);
    const scope = /\[([a-z-]+)\]/.exec(screen.frame())?.[1];
    expect(scope).not.toBe('service-account');
    await screen.press(enter);
    await screen.shows('kind: PodSecurityPolicy');
    await screen.press('w');
    await screen.shows('Write to: ');
    await screen.press(enter);
    await screen.shows('Wrote ');
    await screen.press('p');
    await screen.shows('and its grant? y/n');
    await screen.press('y');
    await screen.shows('applyAdvice: done');
    expect(services.asked.map(asked => asked.split(' ')[0])).toEqual([
      'writeFile',
      'dryRunAdvice',
      'applyAdvice',
    ]);
  });
});

describe('the editor', () => {
  test('steps, marks what a step would deny, undoes, resets, takes the least', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    expect(screen.frame()).toContain(
      '← ! tighter: forbid privileged containers (2 would be denied)',
    );
    await screen.press(left);
    expect(await screen.shows('ci-builder*')).toContain('So far: 2 would be denied');
    await screen.press('u');
    await screen.shows('Nothing is edited yet');
    await screen.press('U', 'x');
    await screen.shows('So far: 2 stay');
    await screen.press('a');
    expect(await screen.shows('edited')).toMatch(
      /Volumes +emptyDir, secret +emptyDir,\S* +restricted +edited/,
    );
    await screen.press('d');
    await screen.shows('+after');
  });

  test('exact values are checked as the API server does, next to the field', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(down, down, down, down, enter, '+', ...'70000', enter);
    expect(await screen.shows('! ')).toMatch(/! .*(70000|65535)/);
    await screen.press('+', ...'8080-8090', enter);
    await screen.shows('[x] 8080-8090');
    await screen.press(esc);
    await screen.shows(/Host ports +8080-8090/);
  });

  test('the lists of the impact, and why a pod would be denied', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    await screen.press(left, 'i');
    expect(await screen.shows('[1 2 denied]')).toMatch(/> ci +runner-\S+ +ci-builder +denied/);
    await screen.press(enter);
    expect(await screen.shows('(after the edit)')).toContain('denied');
    await screen.press(esc, '6');
    await screen.shows('[6 0 stay]');
    await screen.press(right);
    await screen.shows('[1 2 denied]');
  });

  test('the guide goes through all controls, and its steps count', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('g', down, enter);
    await screen.shows('2 of 22');
    await screen.press(left);
    expect(await screen.shows('1 of 22')).toMatch(/Now +allowed/);
    expect(screen.frame()).toContain('tighten to what pods need (suggested): forbidden');
    await screen.press(up, enter);
    await screen.shows('That was the last one');
    expect(screen.frame()).toContain('Privileged: forbidden -> allowed');
    await screen.press(esc);
    await screen.shows('baseline*');
  });

  test('the guide suggests to loosen what an edit has made too tight', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    await screen.press(left, 'g');
    await screen.shows('1 of 22');
    expect(screen.frame()).toContain('> loosen to what pods need (suggested): allowed');
    expect(screen.frame()).toMatch(/keep it *$/m);
  });

  test('applying: dry run, impact and diff, the name where pods would be denied', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: editor('ci-builder')});
    await screen.press(left, 'p');
    expect(await screen.shows('Type ci-builder to apply:')).toContain(
      'Pods or workloads that would be denied: 2',
    );
    expect(screen.frame()).toContain('+after');
    await screen.press(...'wrong', enter);
    await screen.shows('Not applied');
    await screen.press(esc, 'p');
    await screen.shows('Type ci-builder to apply:');
    await screen.press(...'ci-builder', enter);
    await screen.shows('applyPolicy: done');
    expect(services.asked).toEqual(['dryRunPolicy', 'dryRunPolicy', 'applyPolicy']);
    await screen.press(esc);
    await screen.shows('Nothing is edited yet');
  });

  test('becoming looser than restricted asks for the name too; being tighter only y', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(right, 'p');
    await screen.shows('Type baseline to apply:');
    expect(screen.frame()).toContain('looser in: Privileged');
    await screen.press(esc);
    await screen.shows('Not applied; your edit is kept');
    const tighter = openScreen({start: editor('ci-builder')});
    await tighter.press('a', 'p');
    await tighter.shows('Apply ci-builder? y/n');
  });

  test('what goes wrong is said in full, and the edit is kept', async () => {
    const message = `the server could not be reached: ${'because '.repeat(20)}it is gone`;
    const failing = async () => {
      throw new Error(message);
    };
    const screen = openScreen({
      start: editor('ci-builder'),
      services: agreeing({dryRunPolicy: failing}),
    });
    await screen.press(left, 'p');
    await screen.shows('your edit is kept');
    expect(screen.frame().replaceAll(/\s+/g, ' ')).toContain('it is gone');
    await screen.press(esc);
    await screen.shows('ci-builder*');
    const refused = async () => ({ok: false, lines: ['forbidden: jane may not']});
    const other = openScreen({
      start: editor('ci-builder'),
      services: agreeing({applyPolicy: refused}),
    });
    await other.press(left, 'p');
    await other.shows('Type ci-builder to apply:');
    await other.press(...'ci-builder', enter);
    await other.shows('forbidden: jane may not');
    await other.press(esc);
    await other.shows('So far: 2 would be denied');
  });

  test('the policy changes in the cluster meanwhile: said at once, sent never, merged by m', async () => {
    const live = changing(demo);
    const services = agreeing();
    const screen = openScreen({live, services, start: editor('ci-builder')});
    await screen.press(left);
    live.set(
      withPolicy(
        'ci-builder',
        each => nextStep(controlById.hostPID, each, 'looser')?.value ?? each,
      ),
    );
    await screen.shows('m puts your edit on top');
    await screen.press('p');
    await screen.shows('was changed in the cluster since your edit began');
    expect(services.asked).toEqual([]);
    await screen.press(esc, 'm');
    const frame = await screen.shows("on top of the cluster's policy");
    expect(frame).toMatch(/Privileged +forbidden .* edited/);
    expect(frame).toMatch(/Host processes +allowed/);
    expect(frame).not.toMatch(/Host processes.*edited/);
  });

  test('the policy is deleted meanwhile: the edit stays and can be written', async () => {
    const live = changing(demo);
    const services = agreeing();
    const screen = openScreen({live, services, start: editor('ci-builder')});
    await screen.press(left);
    live.set({
      ...demo,
      policies: demo.policies.filter(({metadata}) => metadata.name !== 'ci-builder'),
    });
    await screen.shows('It was deleted in the cluster');
    await screen.press('p');
    await screen.shows('kubectl create -f');
    await screen.press(esc, 'w', enter);
    await screen.shows('Wrote ci-builder.yaml');
  });

  test('quitting with edits asks, whichever way', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(right);
    for (const keys of [['q'], [':', 'q', enter], [ctrlC]]) {
      await screen.press(...keys);
      await screen.shows('Quit and lose them? y/n');
      await screen.press('n');
      await screen.shows('22 rows');
    }
    await screen.press('q', 'y');
    await expect.poll(screen.ended).toBeUndefined();
  });

  test('Ctrl-C without edits, and the second one with them, end the session as interrupted', async () => {
    const plain = openScreen();
    await plain.press(ctrlC);
    await expect.poll(plain.ended).toBe('interrupted');
    const edited = openScreen({start: editor('baseline')});
    await edited.press(right, ctrlC, ctrlC);
    await expect.poll(edited.ended).toBe('interrupted');
  });

  test('a snapshot can be edited and written, not applied', async () => {
    const screen = openScreen({
      start: editor('baseline'),
      services: agreeing({readOnly: "The demo can't be changed"}),
    });
    await screen.press(right, 'p');
    await screen.shows("! The demo can't be changed; w writes a file instead");
  });
});

describe('the cluster behind it', () => {
  test('a lost connection: stale with time, reason and next try; place and edit stay', async () => {
    const live = changing(demo);
    const screen = openScreen({live, start: editor('ci-builder')});
    await screen.press(down, down, right);
    const edited = screen.lines()[5];
    live.set(demo, {
      state: 'stale',
      since: '2023-05-16T09:20:00Z',
      reason: 'connection refused',
      retryInMs: 4000,
    });
    expect(await screen.shows(/STALE since \d\d:\d\d:\d\d/)).toContain(
      '! next try in 4 s: connection refused',
    );
    live.set({...demo, pods: demo.pods.slice(1)}, {state: 'live', at: '2023-05-16T09:21:00Z'});
    expect(await screen.shows('live ')).not.toContain('STALE');
    expect(screen.lines()[5]).toBe(edited);
  });

  test('what could not be read is named in every view, with the reason one jump away', async () => {
    const gaps = [
      {resource: 'rolebindings', namespace: undefined, reason: 'jane may not list them'},
    ];
    const screen = openScreen({live: changing({...demo, gaps})});
    await screen.shows('incomplete: rolebindings');
    await screen.press(enter);
    await screen.shows('incomplete: rolebindings');
    await screen.press(':', ...'gaps', enter);
    await screen.shows('rolebindings: jane may not list them');
  });

  test('where PodSecurityPolicy is gone, the first view says so instead of denials', async () => {
    const live = changing({...demo, policyApi: 'absent', policies: [], serverVersion: 'v1.27.3'});
    const screen = openScreen({live});
    expect(await screen.shows('gone from Kubernetes 1.25')).not.toContain('DENIED');
    await screen.press(':', ...'advise', enter);
    await screen.shows('One policy for each:');
  });

  test('an empty cluster has views too', async () => {
    const rbac = {clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: []};
    const nothing = {
      ...demo,
      pods: [],
      workloads: [],
      policies: [],
      namespaces: [],
      serviceAccounts: [],
      rbac,
    };
    const screen = openScreen({live: changing(nothing)});
    await screen.shows('No namespaces yet.');
    await screen.press(enter, ':', ...'policies', enter);
    await screen.shows('The cluster has no PodSecurityPolicy.');
    await screen.press(':', ...'pods', enter);
    await screen.shows('No pod and no idle workload here.');
  });
});

describe('the size of the terminal', () => {
  const item = 'ci/Pod/runner-7f4c2';
  const views: readonly View[] = [
    ...([{name: 'namespaces'}, {name: 'accounts', namespace: 'shop'}, {name: 'pods'}] as const),
    ...([{name: 'why', item}, {name: 'policies'}, {name: 'policy', policy: 'data'}] as const),
    ...([
      {name: 'values', policy: 'data', control: 'volumes'},
      {name: 'walk', policy: 'data', step: 5},
    ] as const),
    ...([
      {name: 'walk', policy: 'data', step: 99},
      {name: 'impact', policy: 'data', kind: 'stay'},
    ] as const),
    ...([
      {name: 'diff', policy: 'data'},
      {name: 'advise', scope: 'namespace'},
      {name: 'help'},
      {name: 'gaps'},
    ] as const),
  ];

  test.each([
    [60, 15],
    [80, 24],
    [250, 50],
  ])('every view fits %i columns and %i lines', (columns, rows) => {
    for (const view of views) {
      const screen = openScreen({start: [{name: 'policies'}, view], columns, rows});
      const lines = screen.lines();
      expect({view, lines: lines.length}).toEqual({view, lines: rows});
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      screen.close();
    }
  });

  test('names made to break screens stay text, in their columns', () => {
    const name = `\u001B[2J\u202Eevil\u0007日本${'e\u0301'.repeat(9)}${'x'.repeat(200)}`;
    const pods = demo.pods.map((pod, index) =>
      index === 0 ? {...pod, metadata: {...pod.metadata, name}} : pod,
    );
    const inventory = {...demo, pods};
    for (const view of [
      {name: 'pods'},
      {name: 'pods', namespace: pods[0]?.metadata.namespace},
    ] as const) {
      const screen = openScreen({live: changing(inventory), start: [view]});
      const lines = screen.lines();
      expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      expect(lines).toHaveLength(24);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
    }
  });

  test('it is followed, and the place kept', async () => {
    const screen = openScreen({start: policies});
    await screen.press(down, down);
    await screen.resize(60, 15);
    expect(screen.lines()).toHaveLength(15);
    expect(screen.frame()).toMatch(/^> data /m);
    await screen.resize(250, 50);
    expect(screen.lines()).toHaveLength(50);
    expect(screen.frame()).toMatch(/^> data /m);
  });
});
