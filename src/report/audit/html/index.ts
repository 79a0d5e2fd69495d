import {createHash} from 'node:crypto';
import type {Audit} from '../../../audit/finding.ts';
import {namespacesOf} from '../../../inventory/inventory.ts';
import {isByLabels, regimeOf} from '../../../inventory/regime.ts';
import {releaseName} from '../../../kube/release.ts';
import {findingsSection} from './findings.ts';
import {flowsOf} from './flows.ts';
import {pageHead} from './head.ts';
import {html, type Markup, ownMarkup, scriptJson} from './markup.ts';
import {namespacesSection} from './namespacesSection.ts';
import {pageScript} from './pageScript.generated.ts';
import {pictureSection} from './pictureSection.ts';
import {policiesSection} from './policiesSection.ts';
import {pageStyle} from './style.ts';

/**
 * An audit as one HTML page that needs nothing else: no network, no fonts, no libraries. Its content
 * security policy lets just its own style and script run, by their hashes. It can be read without
 * scripts; with them it filters, searches and draws its picture for one namespace.
 */
export function auditHtml(audit: Audit): string {
  const namespaces = namespacesIn(audit);
  const flows = flowsOf(audit, namespaces);
  const style = pageStyle;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(pageScript)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const byLabels = isByLabels(audit.inventory);
  const all = [
    {id: 'findings', title: 'Findings', markup: findingsSection(audit, namespaces)},
    {id: 'picture', title: 'Picture', markup: pictureSection(flows)},
    {id: 'namespaces', title: 'Namespaces', markup: namespacesSection(audit, namespaces)},
    {id: 'policies', title: 'Policies', markup: policiesSection(audit)},
  ].filter(({markup}) => markup.markup !== '');
  // Without policies there is nothing to show of who gets which.
  const sections = byLabels ? all.filter(({id}) => id === 'findings') : all;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${ownMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${byLabels ? 'Pod Security' : 'PodSecurityPolicy'} audit: ${audit.inventory.source}</title>
<link rel="icon" href="data:,">
<style>${ownMarkup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${navigation(sections, namespaces)}
<main id="main">
${pageHead(audit, namespaces)}
${sections.map(({markup}) => markup)}
</main>
<footer><p>Made by <code>kubectl psp audit -o html</code>. It shows what Kubernetes ${versionOf(audit)} does with these pods and ${byLabels ? 'labels' : 'policies'}, computed from what was read. This page loads nothing and sends nothing.</p></footer>
<script type="application/json" id="data">${scriptJson(flows)}</script>
<script>${ownMarkup(pageScript)}</script>
</body>
</html>
`;
  return page.markup;
}

function namespacesIn({inventory, namespace, findings}: Audit): readonly string[] {
  if (namespace !== undefined) return [namespace];
  const found = findings.flatMap(({object}) => object.namespace ?? []);
  return [...new Set([...namespacesOf(inventory), ...found])].sort();
}

function navigation(
  sections: readonly {readonly id: string; readonly title: string}[],
  namespaces: readonly string[],
): Markup {
  const links = sections.map(({id, title}) => html`<li><a href="#${id}">${title}</a></li>`);
  const options = namespaces.map((name, index) => html`<option value="${index}">${name}</option>`);
  const scope =
    namespaces.length < 2
      ? html``
      : html`<label class="field needs-script">Namespace <select id="namespace"><option value="">All ${namespaces.length}</option>${options}</select></label>`;
  const themes = ['Auto', 'Light', 'Dark'].map(
    (name, index) =>
      html`<label><input type="radio" name="theme" id="theme-${name.toLowerCase()}"${ownMarkup(index === 0 ? ' checked' : '')}>${name}</label>`,
  );
  return html`<nav class="top" aria-label="This report"><ul>${links}</ul>${scope}
<fieldset class="theme"><legend>Colours</legend>${themes}</fieldset></nav>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The version by whose rules pods are judged. */
function versionOf({inventory}: Audit): string {
  const regime = regimeOf(inventory);
  return regime.kind === 'podSecurity' ? `v1.${regime.minor}` : releaseName(inventory.release);
}
