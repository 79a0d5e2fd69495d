// Written by npm run build from src/report/audit/html/page.

/** The script of the page of an audit, as a browser runs it. */
export const pageScript = `"use strict";(()=>{function elements(selector,root=document){return Array.from(root.querySelectorAll(selector))}function elementOf(id,type){
const element=document.getElementById(id);return element instanceof type?element:void 0}function elementById(id){
return document.getElementById(id)??void 0}function wordsOf(element){return element?.textContent??""}
function buttonOf(words,onPress){const button=document.createElement("button");button.type="button";
button.textContent=words;button.addEventListener("click",onPress);return button}function say(id,words){
const element=document.getElementById(id);if(element!==null)element.textContent=words}function hide(id,isHidden){
const element=document.getElementById(id);if(element!==null)element.hidden=isHidden}var saidFor=2e3;function startCopying(){for(const command of elements(".command")){const code=command.
querySelector("code");if(code===null)continue;const button=buttonOf("Copy",async()=>{button.textContent=
await copied(code)?"Copied":"Press Ctrl+C";setTimeout(()=>{button.textContent="Copy"},saidFor)});command.
append(button)}}async function copied(element){try{await navigator.clipboard.writeText(wordsOf(element));
return true}catch{getSelection()?.selectAllChildren(element);return false}}function groupedCount(number,noun,plural=\`\${noun}s\`){return\`\${grouped(number)} \${number===1?noun:plural}\`}
function grouped(number){return String(number).replaceAll(/\\B(?=(\\d{3})+$)/g,",")}var barWidth=8;var labelCharacter=6.9;var countCharacter=7.5;function drawGraph(graph,layout){const ribbons=graph.
ways.map((_,index)=>ribbonOf(graph,layout,index));const columns=graph.columns.map((_,column)=>drawnColumn(
graph,layout,column));const size=\`viewBox="0 0 \${px(layout.width)} \${layout.height}" width="\${px(layout.
width)}" height="\${layout.height}"\`;return\`<svg \${size} role="img" aria-labelledby="picture-title" a\\
ria-describedby="picture-words">\${ribbons.join("")}\${columns.join("")}</svg>\`}function ribbonOf({columns,
ways},layout,index){const{at,pods,tone}=ways[index]??{at:[],pods:0,tone:""};const{tops=[],thickness=0}=layout.
ways[index]??{};const edge=shift=>tops.flatMap((top,column)=>{const left=layout.lefts[column]??0;const y=px(
top+shift);return[\`\${px(left)},\${y}\`,\`\${px(left+barWidth)},\${y}\`]});const shape=\`M\${curve(edge(0))}L\${curve(
edge(Math.max(.8,thickness)).reverse())}Z\`;const words=at.map((node,column)=>columns[column]?.nodes[node]?.
label??"").join(" → ");const nodes=at.map((node,column)=>\`\${column}.\${node}\`).join(" ");return\`<pa\\
th class="way \${tone}" data-nodes="\${nodes}" d="\${shape}"><title>\${safe(words)}: \${groupedCount(pods,
"pod")}</title></path>\`}function curve(points){return points.slice(1).reduce((path,point,before)=>{if(before%
2===0)return\`\${path}L\${point}\`;const[fromX="",fromY=""]=(points[before]??"").split(",");const[toX="",
toY=""]=point.split(",");const middle=px((Number(fromX)+Number(toX))/2);return\`\${path}C\${middle},\${fromY}\\
 \${middle},\${toY} \${point}\`},points[0]??"")}function drawnColumn({columns},layout,column){const{title,
nodes}=columns[column]??{title:"",nodes:[]};const left=layout.lefts[column]??0;const anchor=column===
0?"end":"start";const x=px(column===0?left-7:left+barWidth+7);const right=layout.lefts[column+1]??layout.
width;const room=column===0?left-20:right-left-28;const drawn=nodes.map(({label,pods,tone,namespace},node)=>{
const{top=0,height=0,middle=0}=layout.bars[column]?.[node]??{};const place2=namespace<0?"":\` data-na\\
mespace="\${namespace}"\`;const count2=grouped(pods);return\`<g class="node \${tone}" data-node="\${column}\\
.\${node}"\${place2}><title>\${safe(label)}: \${groupedCount(pods,"pod")}</title><rect class="bar" x="\${px(
left)}" y="\${px(top)}" width="\${barWidth}" height="\${px(height)}" rx="1.5"/><text x="\${x}" y="\${px(middle+
4.5)}" text-anchor="\${anchor}">\${safe(short(label,room-countCharacter*count2.length))} <tspan class=\\
"pods">\${count2}</tspan></text></g>\`});return\`<text class="title" x="\${x}" y="14" text-anchor="\${anchor}\\
">\${safe(title)}</text>\${drawn.join("")}\`}function px(value){return String(Math.round(value*10)/10)}
function safe(text){return text.replaceAll(/[&<>"']/g,character=>\`&#\${character.charCodeAt(0)};\`)}function short(label,room){
const longest=Math.max(4,Math.floor(room/labelCharacter));return label.length>longest?\`\${[...label].
slice(0,longest-1).join("")}…\`:label}var policyTones=["denied","unknown","many","some","few","baseline","restricted"];var most=12;var placeOf={namespace:0,account:1,breadth:2,binding:3,policy:4,state:5};function graphOf(flows2,namespace,isNarrow){
const kinds=kindsOf(flows2,namespace<0,isNarrow);const rows=flows2.rows.filter(row=>namespace<0||row[0]===
namespace);const columns=kinds.map(kind=>columnOf(kind,rows,flows2.tones));const ways=new Map;for(const row of rows){
const at=columns.map(({nodeOf})=>nodeOf(row));const tone=flows2.tones[row[4]]??"";const key=[...at,tone].
join();ways.set(key,{at,tone,pods:(ways.get(key)?.pods??0)+row[6]})}return{columns:columns.map(({title,
nodes})=>({title,nodes})),ways:[...ways.values()]}}function kindsOf(flows2,isAll,isNarrow){const source=isAll?
{title:"Namespace",part:"namespace",labels:flows2.namespaces}:{title:"Service account",part:"account",
labels:flows2.accounts};const grant=isAll?{title:"Policy granted to",part:"breadth",labels:flows2.breadths}:
{title:"Through",part:"binding",labels:flows2.bindings};const policy={title:"Policy",part:"policy",labels:flows2.
policies};const state={title:"After a restart",part:"state",labels:flows2.states};return isNarrow?[source,
policy]:[source,grant,policy,state]}function columnOf({title,part,labels},rows,tones){const indexIn=row=>Number(
row[placeOf[part]]);const pods=new Map;for(const row of rows)pods.set(indexIn(row),(pods.get(indexIn(
row))??0)+row[6]);const largest=[...pods].sort((one,other)=>other[1]-one[1]||one[0]-other[0]);const shown=largest.
length>most?largest.slice(0,most-1):largest;const ranks=ranksOf(part,rows,tones);const ordered=shown.
toSorted(([one],[other])=>(ranks.get(one)??0)-(ranks.get(other)??0));const rest=largest.slice(shown.
length);const places=new Map(ordered.map(([index],place2)=>[index,place2]));const nodes=ordered.map(
([index,number])=>({label:labels[index]??"",pods:number,tone:part==="policy"?tones[index]??"":"",namespace:part===
"namespace"?index:-1}));return{title,nodes:rest.length>0?[...nodes,othersOf(rest.map(([,number])=>number))]:
nodes,nodeOf:row=>places.get(indexIn(row))??ordered.length}}function othersOf(pods){return{label:pods.
length===1?"1 other":\`\${pods.length} others\`,pods:pods.reduce((sum,number)=>sum+number,0),tone:"",namespace:-1}}
function ranksOf(part,rows,tones){if(part==="namespace"||part==="account")return new Map;const byIndex=Map.
groupBy(rows,row=>Number(row[placeOf[part]]));if(part==="state")return new Map([...byIndex.keys()].map(
index=>[index,index]));const strictness=([,,,,policy])=>{const tone=tones[policy];return tone===void 0?
-1:policyTones.indexOf(tone)};return new Map([...byIndex].map(([index,same])=>{const pods=same.reduce(
(sum,row)=>sum+row[6],0);return[index,same.reduce((sum,row)=>sum+row[6]*strictness(row),0)/pods]}))}var slot=20;var gap=7;var head=34;function layOut({columns,ways},width){const total=Math.max(1,ways.
reduce((sum,{pods})=>sum+pods,0));const scale=Math.max(180,Math.min(320,total*6))/total;const heights=columns.
map(({nodes})=>nodes.reduce((sum,{pods})=>sum+roomOf(pods,scale)+gap,-gap));const tallest=Math.max(slot,
...heights);const bars=columns.map(({nodes},column)=>barsOf(nodes,head+(tallest-(heights[column]??0))/
2,scale));const tops=columns.map((_,column)=>topsIn(column,ways,bars,scale));return{width,height:Math.
ceil(head+tallest+8),lefts:leftsOf(columns.length,width),bars,ways:ways.map(({pods},index)=>({tops:tops.
map(column=>column[index]??0),thickness:pods*scale}))}}function heightOf(pods,scale){return Math.max(
2,pods*scale)}function roomOf(pods,scale){return Math.max(slot,heightOf(pods,scale))}function leftsOf(columns,width){
const[before,after]=columns>2?[width*.15,width*.19]:[width*.41,width*.41];const pitch=columns>1?(width-
before-after)/(columns-1):0;return Array.from({length:columns},(_,column)=>before+column*pitch-(column===
0?8:0))}function barsOf(nodes,first,scale){let top=first;return nodes.map(({pods})=>{const height=heightOf(
pods,scale);const room=roomOf(pods,scale);const bar={top:top+(room-height)/2,height,middle:top+room/
2};top+=room+gap;return bar})}function topsIn(column,ways,bars,scale){const nearest=bars.map((_,other)=>other).
sort((one,other)=>Math.abs(one-column)-Math.abs(other-column)||other-one);const order=ways.map((way,index)=>({
way,index})).sort((one,other)=>{const near=nearest.find(place2=>one.way.at[place2]!==other.way.at[place2]);
if(near===void 0)return one.index-other.index;return(one.way.at[near]??0)-(other.way.at[near]??0)});
const next=(bars[column]??[]).map(({top})=>top);const tops=ways.map(()=>0);for(const{way,index}of order){
const node=way.at[column]??0;const top=next[node]??0;tops[index]=top;next[node]=top+way.pods*scale}return tops}var narrowBelow=640;function startDrawing(flows2,place2,setPlace2){const drawing=elementById("drawin\\
g");if(drawing===void 0)return()=>{};let drawn="";const draw2=()=>{const width=roomIn(drawing);const chosen=place2();
if(width<1||drawn===\`\${width}/\${chosen}\`)return;drawn=\`\${width}/\${chosen}\`;const graph=graphOf(flows2,
chosen===""?-1:Number(chosen),width<narrowBelow);drawing.innerHTML=graph.ways.length===0?"<p>No pods\\
 here.</p>":drawGraph(graph,layOut(graph,width));hide("all-namespaces",chosen==="")};drawing.addEventListener(
"mouseover",event=>light(drawing,nodeAt(event)?.dataset.node));drawing.addEventListener("mouseleave",
()=>light(drawing,void 0));drawing.addEventListener("click",event=>{const clicked=nodeAt(event)?.dataset.
namespace;if(clicked!==void 0)setPlace2(clicked)});elementById("all-namespaces")?.addEventListener("\\
click",()=>setPlace2(""));addEventListener("resize",draw2);return draw2}function roomIn(element){const{
paddingLeft,paddingRight}=getComputedStyle(element);return Math.floor(element.clientWidth-Number.parseFloat(
paddingLeft)-Number.parseFloat(paddingRight))}function nodeAt({target}){if(!(target instanceof Element))
return void 0;return target.closest(".node")??void 0}function light(drawing,node){drawing.classList.
toggle("faded",node!==void 0);if(node===void 0)return;for(const way of elements(".way",drawing)){way.
classList.toggle("lit",way.dataset.nodes?.split(" ").includes(node))}}var pageSize=25;var moreSize=4*pageSize;function startFindings(place2,names,onReset){const form=document.
querySelector(".filters");const groups=elements(".group").map(element=>groupOf(element,filter));const chips=elements(
"input[name=severity]").filter(chip=>chip instanceof HTMLInputElement);const rule=elementOf("rule",HTMLSelectElement);
const search=elementOf("search",HTMLInputElement);function filter(){if(form===null)return;const wish={
place:place2(),rule:rule?.value??"",words:(search?.value??"").toLowerCase().split(/\\s+/).filter(Boolean),
severities:chips.filter(chip=>chip.checked).map(chip=>chip.value)};const matching=groups.reduce((sum,group)=>sum+
showIn(group,wish),0);const everything=groups.reduce((sum,{findings:findings2})=>sum+findings2.length,
0);const where=wish.place===""?"":\` in namespace \${names[Number(wish.place)]??""}\`;const all=groupedCount(
everything,"finding");say("status",matching===everything?all:\`\${grouped(matching)} of \${all}\${where}\`);
hide("no-match",matching>0)}form?.addEventListener("input",filter);form?.addEventListener("submit",event=>event.
preventDefault());form?.addEventListener("reset",()=>setTimeout(onReset));for(const link of elements(
"[data-only]")){link.addEventListener("click",()=>{for(const chip of chips)chip.checked=chip.value===
link.dataset.only;filter()})}startOpenAll();return{filter}}function groupOf(element,filter){const findings2=elements(
".finding",element);const about=\`\${element.dataset.rule} \${wordsOf(element.querySelector("h3"))}\`;const count2=element.
querySelector(".count");const more=buttonOf("",()=>{const next=shownOf(group).length;group.limit+=moreSize;
filter();shownOf(group)[next]?.querySelector("summary")?.focus()});element.querySelector(".list")?.append(
more);const group={element,findings:findings2,texts:findings2.map(finding=>\`\${about} \${wordsOf(finding)}\`.
toLowerCase()),count:count2,total:wordsOf(count2),more,limit:pageSize};return group}function shownOf({
findings:findings2}){return findings2.filter(finding=>!finding.hidden)}function showIn(group,wish){const{
element,more,findings:findings2,texts,limit,count:count2,total}=group;const isAsked=wish.severities.
includes(element.dataset.severity??"")&&(wish.rule===""||wish.rule===element.dataset.rule);let matching=0;
for(const[index,finding]of findings2.entries()){const isMatch=isAsked&&(wish.place===""||finding.dataset.
namespace===wish.place)&&wish.words.every(word=>texts[index]?.includes(word));if(isMatch)matching++;
finding.hidden=!isMatch||matching>limit}element.hidden=matching===0;more.hidden=matching<=limit;const left=matching-
limit;more.textContent=\`Show \${Math.min(moreSize,left)} more of \${left}\`;if(count2!==null){count2.textContent=
matching===findings2.length?total:\`\${matching} of \${total}\`}return matching}function startOpenAll(){
const button=elementById("open-all");button?.addEventListener("click",()=>{const isOpening=button.textContent===
"Open all";for(const finding of elements(".finding:not([hidden])")){finding.toggleAttribute("open",isOpening)}
button.textContent=isOpening?"Close all":"Open all"})}var firstRows=25;function startLongLists(place2){const lists=elements(".long").map(element=>listOf(element,
()=>narrow2()));const narrow2=()=>{for(const list of lists)narrowTo(list,place2())};return narrow2}function listOf(element,narrow2){
const isTable=element instanceof HTMLTableElement;const rows=elements(isTable?"tbody tr":"details",element);
const more=buttonOf(\`Show all \${rows.length} \${element.dataset.noun}\`,()=>{list.isWhole=true;narrow2();
const next=rows[firstRows];if(next!==void 0)elements("button, summary",next)[0]?.focus()});more.className=
"more-rows";(isTable?element.parentElement:element)?.after(more);const list={rows,more,isWhole:false};
return list}function narrowTo({rows,more,isWhole},place2){const isScoped=place2!==""&&rows.some(row=>row.
dataset.namespace!==void 0);for(const[index,row]of rows.entries()){row.hidden=isScoped?row.dataset.namespace!==
place2:!isWhole&&index>=firstRows}more.hidden=isScoped||isWhole||rows.length<=firstRows}function startPrinting(){let opened=[];addEventListener("beforeprint",()=>{opened=elements("details:\\
not([open])");for(const details of opened)details.toggleAttribute("open",true)});addEventListener("a\\
fterprint",()=>{for(const details of opened)details.toggleAttribute("open",false)})}function startTotals({rows,namespaces},states,place2){const totals=elements("[data-total]").map(element=>({
element,of:element.dataset.total??"",whole:wordsOf(element)}));const tiles=elements(".tile").flatMap(
tile=>tileOf(tile)??[]);const bar=elements(".outcome svg rect[x]").map(rect=>({rect,x:rect.getAttribute(
"x")??"",width:rect.getAttribute("width")??""}));return()=>{const chosen=place2();const here=rows.filter(
([namespace])=>chosen===""||namespace===Number(chosen));const pods=state=>here.reduce((sum,row)=>sum+
(states[row[5]]===state?row[6]:0),0);const all=here.reduce((sum,row)=>sum+row[6],0);for(const total of totals){
total.element.textContent=chosen===""?total.whole:numberOf(total,pods,all,namespaces[Number(chosen)]??
"")}for(const tile of tiles){const found=elements(\`.group[data-severity="\${tile.severity}"] .finding\`).
filter(({dataset})=>dataset.namespace===chosen);tile.number.textContent=chosen===""?tile.whole:grouped(
found.length)}let left=0;for(const{rect,x,width}of bar){const share=pods(rect.getAttribute("class")?.
replace("state-","")??"")/Math.max(all,1)*1e3;rect.setAttribute("x",chosen===""?x:String(Math.round(
left)));rect.setAttribute("width",chosen===""?width:String(Math.round(share)));left+=share}}}function numberOf({
of},pods,all,namespace){if(of==="all"){return\`\${groupedCount(all,"pod or idle workload","pods and id\\
le workloads")} of namespace \${namespace}\`}const number=pods(of);return of==="denied"&&number===0?"n\\
one":grouped(number)}function tileOf(tile){const number=tile.querySelector(".number");const severity=[
"high","medium","low","info"].find(name=>tile.classList.contains(name));if(number===null||severity===
void 0)return void 0;return{number,severity,whole:wordsOf(number)}}function startWaysTable(flows2,place2){const table=elementOf("ways",HTMLTableElement);const[first]=table?.
tBodies??[];if(table===void 0||first===void 0)return()=>{};const words=wordsOf(table.caption);return()=>{
const chosen=place2();table.tBodies[0]?.replaceWith(chosen===""?first:bodyOf(flows2,Number(chosen)));
if(table.caption===null)return;table.caption.textContent=chosen===""?words:\`The ways of the pods of \\
namespace \${flows2.namespaces[Number(chosen)]??""}\`}}function bodyOf(flows2,chosen){const body=document.
createElement("tbody");for(const[namespace,account,,binding,policy,state,pods,names]of flows2.rows){
if(namespace!==chosen)continue;const row=body.insertRow();const cell=(text,className="")=>{const made=row.
insertCell();made.textContent=text??"";if(className!=="")made.className=className};cell(flows2.namespaces[namespace]);
cell(flows2.accounts[account]);cell(flows2.bindings[binding]);cell(flows2.policies[policy]);cell(flows2.
states[state]);cell(grouped(pods),"n");cell(names,"names")}return body}document.documentElement.classList.add("scripted");var flows=JSON.parse(wordsOf(document.getElementById(
"data")));var stateNames=elements(".outcome [data-total]").map(({dataset})=>dataset.total??"");var choice=elementOf(
"namespace",HTMLSelectElement);var place=()=>choice?.value??"";var findings=startFindings(place,flows.
namespaces,()=>setPlace(""));var narrow=startLongLists(place);var draw=startDrawing(flows,place,setPlace);
var listWays=startWaysTable(flows,place);var count=startTotals(flows,stateNames,place);startCopying();
startPrinting();startNamespaceButtons();choice?.addEventListener("change",follow);follow();function setPlace(chosen){
if(choice!==void 0)choice.value=chosen;follow()}function follow(){findings.filter();narrow();draw();
listWays();count()}function startNamespaceButtons(){if(choice===void 0)return;for(const head2 of elements(
"#strictness th[scope=row]")){const button=buttonOf(wordsOf(head2),()=>{setPlace(place()===""?head2.
parentElement?.dataset.namespace??"":"");button.focus()});head2.replaceChildren(button)}}})();
`;
