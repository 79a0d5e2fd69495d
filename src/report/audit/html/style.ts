import {hues, neutrals, type Pair} from '../../palette.ts';
import {chartStyle} from './chartStyle.ts';

/** The colours that the page shares with the session. */
const shared = [
  ...Object.entries(neutrals).map(([name, pair]) => [name, pair] as const),
  ...Object.entries(hues).flatMap(([name, {fill, tint, ink}]) => [
    [name, fill] as const,
    [`${name}-tint`, tint] as const,
    [`${name}-ink`, ink] as const,
  ]),
]
  .map(
    ([name, {light, dark}]: readonly [string, Pair]) => `--${name}:light-dark(${light},${dark});`,
  )
  .join('');

/**
 * The page's style sheet. Colours come in pairs for light and dark; the choice of the theme is the
 * state of three radio buttons, so it works without scripts.
 */
const base = `
:root{color-scheme:light dark;
${shared}
--privileged:var(--bad);--privileged-tint:var(--bad-tint);--privileged-ink:var(--bad-ink);
--baseline:var(--warn);--baseline-tint:var(--warn-tint);--baseline-ink:var(--warn-ink);
--restricted:var(--good);--restricted-tint:var(--good-tint);--restricted-ink:var(--good-ink);
--denied:light-dark(#3b3f49,#c3c7d1);--denied-tint:light-dark(#e3e4e8,#33373f);--denied-ink:light-dark(#2a2d35,#e3e5ea);
--many:light-dark(#84102f,#ff5c7c);--some:light-dark(#cf4a5c,#c64e69);--few:light-dark(#e08a72,#b0796c);
--sans:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Liberation Sans","Helvetica Neue",Arial,system-ui,sans-serif;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
:root:has(#theme-light:checked){color-scheme:light}
:root:has(#theme-dark:checked){color-scheme:dark}
*{box-sizing:border-box}
html{scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main,footer,nav.top{max-width:76rem;margin:0 auto;padding:0 1.75rem}
h1,h2,h3,p,ul,dl,dd,figure{margin:0}
ul{padding:0;list-style:none}
h1{font-size:clamp(1.75rem,4vw,2.5rem);line-height:1.15;letter-spacing:-.02em;font-weight:700;text-wrap:balance}
h2{font-size:1.5rem;line-height:1.25;letter-spacing:-.012em;font-weight:700;margin-bottom:.35rem}
h3{font-size:1.0625rem;line-height:1.35;font-weight:650}
code,pre{font-family:var(--mono);font-size:.9em}
pre code{font-size:1em}
a{color:var(--link);text-underline-offset:.18em}
button,select,input{font:inherit;color:inherit}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;z-index:9;background:var(--sheet);padding:.5rem 1rem}
html:not(.scripted) .needs-script,[hidden]{display:none!important}
.hidden-words{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
section{margin-top:4rem}
.intro{color:var(--soft);max-width:46rem;margin-bottom:1.25rem}

nav.top{position:sticky;top:0;z-index:5;display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1.5rem;padding-block:.6rem;background:var(--paper);font-size:.875rem;max-width:none;padding-inline:max(1.75rem,calc((100vw - 76rem)/2 + 1.75rem));border-bottom:1px solid var(--line)}
nav.top ul{display:flex;gap:1.25rem;margin-right:auto}
nav.top a{color:var(--ink);text-decoration:none;font-weight:550;padding:.3rem 0}
nav.top a:hover{text-decoration:underline}
.theme{display:flex;border:1px solid var(--edge);border-radius:.45rem;padding:0;margin:0;overflow:clip}
.theme legend,.filters legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.theme label{position:relative;padding:.16rem .6rem;cursor:pointer}
.theme label+label{border-left:1px solid var(--edge)}
.theme input{position:absolute;opacity:0;inset:0;margin:0;cursor:pointer}
.theme label:has(:checked){background:var(--ink);color:var(--paper)}
.theme label:has(:focus-visible){outline:3px solid var(--link);outline-offset:-3px}
.field{display:inline-flex;align-items:center;gap:.5rem;color:var(--soft);overflow-wrap:normal}
select,input[type=search],button{background:var(--sheet);color:var(--ink);border:1px solid var(--edge);border-radius:.45rem;padding:.28rem .6rem;min-height:2rem;max-width:100%}
select{max-width:15rem;min-width:0;text-overflow:ellipsis}
button{cursor:pointer;font-weight:550}
button:hover{background:var(--sunk)}

.masthead{padding-top:3rem;display:grid;grid-template-columns:minmax(0,1fr) minmax(17rem,22rem);gap:2rem 4rem;align-items:start}
.overline{font-size:.8125rem;font-weight:600;letter-spacing:.09em;text-transform:uppercase;color:var(--soft);margin-bottom:.5rem}
.sentence{font-size:clamp(1.125rem,2.2vw,1.375rem);line-height:1.45;margin-top:1rem;max-width:34rem;text-wrap:pretty}
.sentence strong{color:var(--privileged-ink);font-weight:700}
.sentence strong.fine{color:var(--restricted-ink)}
.facts{font-size:.875rem;border-top:1px solid var(--line)}
.facts div{display:flex;justify-content:space-between;gap:1.5rem;padding:.3rem 0;border-bottom:1px solid var(--line)}
.facts dt{color:var(--soft);flex:none}
.facts dd{text-align:right;font-weight:550}
.tiles{grid-column:1/-1}
.outcome{margin-top:2rem}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;margin-top:.65rem;font-size:.875rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.45rem}
.legend b{color:var(--ink)}
.tiles{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:1rem}
.tile>*{display:block;background:var(--sheet);border:1px solid var(--line);border-top:4px solid var(--tone);border-radius:.3rem;padding:.9rem 1.1rem 1rem;text-decoration:none;color:var(--ink)}
.tile a:hover{border-color:var(--tone)}
.tile .number{display:block;font-size:2.25rem;line-height:1.1;font-weight:700;letter-spacing:-.02em}
.tile .name{color:var(--soft);font-size:.9375rem}
.tile .name span{color:var(--tone-ink)}
.high{--tone:var(--privileged);--tone-ink:var(--privileged-ink);--tone-tint:var(--privileged-tint)}
.medium{--tone:var(--baseline);--tone-ink:var(--baseline-ink);--tone-tint:var(--baseline-tint)}
.low{--tone:var(--moved);--tone-ink:var(--moved-ink);--tone-tint:var(--moved-tint)}
.info{--tone:var(--edge);--tone-ink:var(--denied-ink);--tone-tint:var(--denied-tint)}
.gaps{margin-top:2rem;background:var(--baseline-tint);color:var(--baseline-ink);border-left:4px solid var(--baseline);border-radius:.3rem;padding:1.1rem 1.4rem}
.gaps h2{font-size:1.0625rem}
.gaps ul{margin-top:.5rem;padding-left:1.1rem;list-style:disc}

.filters{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1.1rem;margin:.9rem 0 1.5rem;font-size:.875rem}
.filters fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.4rem}
.chip{position:relative;display:inline-flex;gap:.4rem;align-items:center;border:1px solid var(--edge);border-radius:2rem;padding:.22rem .8rem;cursor:pointer;color:var(--soft);text-decoration:line-through}
.chip:has(:checked){background:var(--tone-tint);border-color:var(--tone);color:var(--tone-ink);font-weight:600;text-decoration:none}
.chip input{position:absolute;opacity:0;inset:0;margin:0;cursor:pointer}
.chip:has(:focus-visible){outline:3px solid var(--link);outline-offset:2px}
.grow{flex:1 1 15rem}
.grow input{flex:1;min-width:0;width:100%}
.buttons{display:flex;gap:.4rem}
.status{flex-basis:100%;color:var(--soft)}
.group{margin-top:2.25rem}
.about{margin-bottom:.7rem}
.group .badge{margin-right:.45rem;vertical-align:.1em}
.why{color:var(--soft);font-size:.9375rem;max-width:50rem;margin-top:.25rem}
.badge,.level{font-size:.75rem;font-weight:600;border-radius:.25rem;padding:.1rem .45rem;white-space:nowrap}
.badge{background:var(--tone-tint);color:var(--tone-ink)}
.count{margin-left:.35rem;color:var(--soft);font-weight:400;font-size:.9375rem}
.list{background:var(--sheet);border:1px solid var(--line);border-radius:.4rem;overflow:clip}
.list>details+details,.list>details+button{border-top:1px solid var(--line)}
.group .list{border-left:3px solid var(--tone)}
summary{cursor:pointer}
.finding summary,.policy summary{display:grid;grid-template-columns:1.1rem minmax(0,20rem) minmax(0,1fr);gap:.1rem .6rem;padding:.55rem 1rem;list-style:none;align-items:baseline}
.finding summary::-webkit-details-marker,.policy summary::-webkit-details-marker{display:none}
.finding summary::before,.policy summary::before{content:"";width:.4rem;height:.4rem;border-right:2px solid var(--soft);border-bottom:2px solid var(--soft);transform:rotate(-45deg);align-self:center}
.finding[open] summary::before,.policy[open] summary::before{transform:rotate(45deg)}
.finding summary:hover,.policy summary:hover{background:var(--sunk)}
.finding summary:focus-visible,.policy summary:focus-visible{outline-offset:-3px}
.policy summary{grid-template-columns:1.1rem minmax(0,20rem) 6rem minmax(0,1fr)}
.policy .level{justify-self:start}
.kind{display:block;font-size:.75rem;color:var(--soft)}
.rights .kind,td .kind{display:inline}
.object b,.policy summary b,.rights b,th[scope=row]{font-weight:600}
.place{color:var(--soft)}
.finding .message{font-size:.9375rem;align-self:center}
.policy .message{color:var(--soft);font-size:.875rem}
.finding dl,.policy dl{padding:.2rem 1rem 1.1rem 2.7rem;font-size:.875rem;display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.7rem 1rem}
dt{color:var(--soft)}
.evidence li{font-family:var(--mono);font-size:.8125rem;padding:.08rem 0}
.evidence .more{font-family:var(--sans);color:var(--soft)}
.command{display:flex;gap:.6rem;align-items:flex-start}
.command pre{flex:1;min-width:0;margin:0;background:var(--sunk);border-radius:.35rem;padding:.5rem .75rem;white-space:pre-wrap}
.id{color:var(--soft)}
.list>button{width:100%;border:0;border-radius:0;padding:.6rem;color:var(--link);min-height:2.6rem}
.left-out{color:var(--soft);font-size:.875rem;margin-top:.5rem}
.empty{background:var(--sheet);border:1px solid var(--line);border-radius:.4rem;padding:1.4rem;color:var(--soft)}
.ignored{margin-top:2rem}
.ignored h3{display:inline}
.controls li,.rights li{padding:.14rem 0}
.controls .value{color:var(--soft)}
.rights .note{display:block;color:var(--baseline-ink)}
footer{margin-top:5rem;padding-block:1.5rem 3rem;color:var(--soft);font-size:.8125rem}
footer p{max-width:46rem;border-top:1px solid var(--line);padding-top:1rem}
`;

const narrow = `
@media (max-width:44rem){
main,footer{padding:0 1rem}
nav.top{position:static;padding-inline:1rem}
nav.top ul{width:100%;justify-content:space-between;gap:.75rem}
html{scroll-padding-top:1rem}
nav.top .field{flex:1;min-width:0}
nav.top select{flex:1}
.masthead{grid-template-columns:minmax(0,1fr);padding-top:1.75rem;gap:1.5rem}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:.6rem}
.tile .number{font-size:1.75rem}
section{margin-top:3rem}
.finding summary{grid-template-columns:1.1rem minmax(0,1fr)}
.finding .message{grid-column:2}
.policy summary{grid-template-columns:1.1rem minmax(0,1fr) auto}
.policy .message{grid-column:2/-1}
.finding dl,.policy dl{grid-template-columns:minmax(0,1fr);gap:.2rem;padding-left:1rem}
.finding dd,.policy dd{margin-bottom:.7rem}
.command{flex-direction:column}
.command pre{width:100%}
.matrix .level,.matrix thead th:nth-child(2){display:none}
.matrix td:nth-child(2){padding:0}
.filters .field{width:100%;min-width:0}
.filters select{flex:1;max-width:none}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}.way{transition:opacity .12s}.finding summary::before{transition:transform .12s}}
@media (forced-colors:active){.theme label:has(:checked),.chip:has(:checked){outline:2px solid Highlight;outline-offset:-2px}svg rect,svg path,.level,.cell{forced-color-adjust:none}}
@media print{
:root,:root:has(:checked){color-scheme:light}
@page{margin:1.4cm}
body{background:#fff;font-size:9.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
nav.top,.filters,.skip,.needs-script,button{display:none!important}
main,footer{max-width:none;padding:0}
details::details-content{content-visibility:visible;display:block;height:auto}
.finding,.tile,tr,.policy{break-inside:avoid}
h2,h3,thead{break-after:avoid}
.scroll{overflow:visible;border:0}
table{font-size:7.5pt}
svg{max-width:100%;height:auto}
section{margin-top:1.6rem}
}
`;

/** All of the style sheet, without the empty lines that it is written with. */
export const pageStyle = `${base}${chartStyle}${narrow}`.replaceAll(/\n+/g, '\n').trim();
