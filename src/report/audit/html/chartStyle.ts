/** The style of bars, tables, the matrix and the picture. */
export const chartStyle = `
.restricted{fill:var(--restricted)}
.baseline{fill:var(--baseline)}
.many{fill:var(--many)}
.some{fill:var(--some)}
.few{fill:var(--few)}
.denied{fill:var(--denied)}
.unknown{fill:var(--edge)}
.state-denied{fill:var(--bad)}
.state-unknown{fill:var(--unknown)}
.state-mutated{fill:var(--warn)}
.state-drifted{fill:var(--moved)}
.state-ok{fill:var(--good)}
.key{width:.7rem;height:.7rem;border-radius:2px;flex:none}
th .key{margin-right:.4rem}
.bar-large{display:block;width:100%;height:1.1rem;border-radius:.25rem}
.bar-small{display:block;width:100%;min-width:7rem;height:.8rem;border-radius:2px}
.bar-large rect,.bar-small rect{stroke:var(--paper);stroke-width:2;vector-effect:non-scaling-stroke}

.scroll{overflow-x:auto;background:var(--sheet);border:1px solid var(--line);border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{text-align:left;color:var(--soft);padding:.7rem 1rem .4rem;font-size:.8125rem}
th,td{text-align:left;padding:.36rem 1rem;border-top:1px solid var(--line);vertical-align:middle}
thead th{color:var(--soft);font-weight:550;border-top:0;white-space:nowrap;vertical-align:bottom}
tbody tr:hover>*{background:var(--sunk)}
.n{text-align:right;white-space:nowrap}
.zero{color:var(--soft)}
.wide{width:34%}
.names{color:var(--soft);min-width:14rem}
th[scope=row]{min-width:8rem;max-width:22rem}
th[scope=row] button{all:unset;cursor:pointer;color:var(--link);text-decoration:underline;text-underline-offset:.18em}
th[scope=row] button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.more-rows{margin-top:.6rem}

.level.restricted,.cell.restricted,.matrix td.restricted{background:var(--restricted-tint);color:var(--restricted-ink)}
.level.baseline,.cell.baseline,.matrix td.baseline{background:var(--baseline-tint);color:var(--baseline-ink)}
.level.privileged,.cell.privileged,.matrix td.privileged{background:var(--privileged-tint);color:var(--privileged-ink)}
.cell{display:inline-block;width:1.35rem;text-align:center;border-radius:.2rem;font-weight:650;font-size:.75rem;line-height:1.35rem}
.letters{margin:0 0 .8rem}
.matrix{width:auto;min-width:100%}
.matrix th,.matrix td{padding:.26rem .5rem}
.matrix td.c{text-align:center;font-size:.75rem;font-weight:650;min-width:1.9rem;border-left:2px solid var(--sheet);border-top:2px solid var(--sheet)}
.matrix td.unsaid{color:var(--soft)}
.matrix tbody th{position:sticky;left:0;background:var(--sheet)}
.matrix th:first-child{padding-left:1rem}
.matrix .turned{height:10.5rem;padding:0 0 .2rem;vertical-align:bottom;text-align:center}
.turned span{writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block;padding:.3rem 0;white-space:nowrap;line-height:1.5}
#policies h3{margin:2rem 0 .6rem}

.back{margin-top:1rem}
figure{margin-top:1rem}
#drawing{background:var(--sheet);border:1px solid var(--line);border-radius:.4rem;padding:1.2rem 1.2rem .8rem}
#drawing svg{display:block;max-width:100%;height:auto;font-size:13px}
.way{fill-opacity:.4}
.way.denied{fill-opacity:.5}
.way:hover{fill-opacity:.85}
.faded .way{opacity:.12}
.faded .way.lit{opacity:1;fill-opacity:.75}
.node .bar{fill:var(--soft)}
.node.restricted .bar{fill:var(--restricted)}
.node.baseline .bar{fill:var(--baseline)}
.node.many .bar{fill:var(--many)}
.node.some .bar{fill:var(--some)}
.node.few .bar{fill:var(--few)}
.node.denied .bar{fill:var(--denied)}
.node.unknown .bar{fill:var(--edge)}
.node text{fill:var(--ink);paint-order:stroke;stroke:var(--sheet);stroke-width:3.5px;stroke-linejoin:round;stroke-opacity:.85}
.node .pods{fill:var(--soft)}
.node[data-namespace]{cursor:pointer}
.node[data-namespace]:hover text{text-decoration:underline}
#drawing .title{fill:var(--soft);font-size:12px;font-weight:600}
#ways-details{margin-top:1rem}
#ways-details summary{color:var(--link);padding:.3rem 0;width:fit-content}
#ways-details .scroll{margin-top:.5rem}
`;
