/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_status_style.h"


const char  ggi_status_style[] =
    ":root{color-scheme:light dark;--back:#ffffff;--text:#1b1b1b;--quiet:#555555;--line:#c9c9c9;"
    "--good:#0a5c2b;--warn:#7a4b00;--bad:#9b1c1c}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#14171a;--text:#e8e8e8;--quiet:#b0b6bc;"
    "--line:#454b52;--good:#7fd69b;--warn:#f2c14e;--bad:#ff9c93}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:75rem;padding:1rem;background:var(--back);color:var(--text);"
    "font:1rem/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:1.5rem 0 .5rem}\n"
    "p{margin:.25rem 0}.quiet{color:var(--quiet)}\n"
    ".wide{overflow-x:auto}.wide:focus-visible{outline:3px solid var(--text)}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "thead th{color:var(--quiet);font-weight:600;overflow-wrap:normal}"
    "tbody th{font-weight:400}td.n,th.n{text-align:right;white-space:nowrap}\n"
    ".good{color:var(--good)}.warn{color:var(--warn);font-weight:600}"
    ".bad{color:var(--bad);font-weight:700}\n";


const char  ggi_status_script[] =
    "setInterval(async()=>{if(document.hidden)return;try{"
    "const answer=await fetch(location.href,{headers:{Accept:'text/html'},cache:'no-store'});"
    "if(!answer.ok)throw 0;"
    "const page=new DOMParser().parseFromString(await answer.text(),'text/html');"
    "document.querySelector('main').replaceChildren(...page.querySelector('main').childNodes);"
    "document.getElementById('stale').hidden=true"
    "}catch(e){document.getElementById('stale').hidden=false}},10000);\n";
