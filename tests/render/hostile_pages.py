"""Ways in which a page may try to reach a server on this machine; {to} is its host and port."""

LOOPBACK = [
    "127.0.0.1",
    "localhost",
    "sub.localhost",
    "[::1]",
    "0.0.0.0",  # noqa: S104  # an address to request, not to bind
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "127.0.0.1.",
]

# Each line requests {to} (host:port) in another way. Streams and beacons run while a slow image delays the load event.
WAYS = {
    "img": "<img src='http://{to}/img'>",
    "srcset": "<img srcset='http://{to}/srcset 2x, http://{to}/srcset 1x'>",
    "https img": "<img src='https://{to}/https'>",
    "script": "<script src='http://{to}/script'></script>",
    "module": "<script type=module>import 'http://{to}/module'</script>",
    "iframe": "<iframe src='http://{to}/iframe'></iframe>",
    "frame in frame": "<iframe srcdoc=\"<img src='http://{to}/srcdoc'>\"></iframe>",
    "data frame": "<iframe src=\"data:text/html,<img src='http://{to}/data'>\"></iframe>",
    "sandboxed frame": (
        "<iframe sandbox=allow-scripts srcdoc=\"<script>fetch('http://{to}/sandbox')</script>\"></iframe>"
    ),
    "style sheet": "<link rel=stylesheet href='http://{to}/css'>",
    "import": "<style>@import 'http://{to}/import';</style>",
    "background": "<p style='background-image:url(http://{to}/background)'>x</p>",
    "font": "<style>@font-face{{font-family:f;src:url(http://{to}/font)}}</style><p style='font-family:f'>x</p>",
    "object": "<object data='http://{to}/object'></object><embed src='http://{to}/embed'>",
    "media": "<video autoplay src='http://{to}/video' poster='http://{to}/poster'></video><audio autoplay src='http://{to}/audio'></audio>",
    "svg": "<svg><image href='http://{to}/svg' width=9 height=9 /></svg>",
    "icon": "<link rel=icon href='http://{to}/icon'><link rel=manifest href='http://{to}/manifest'>",
    "hints": "<link rel=preload as=image href='http://{to}/preload'><link rel=prefetch href='http://{to}/prefetch'>"
    "<link rel=preconnect href='http://{to}'><link rel=dns-prefetch href='//{to}'><link rel=modulepreload href='http://{to}/mp'>",
    "prerender": '<script type=speculationrules>{{"prerender":[{{"source":"list","urls":["http://{to}/prerender"]}}]}}</script>',
    "fetch": "<script>fetch('http://{to}/fetch',{{mode:'no-cors'}}).catch(()=>0)</script>",
    "post": "<script>fetch('http://{to}/post',{{method:'POST',mode:'no-cors',body:'x'}}).catch(()=>0)</script>",
    "keepalive": "<script>fetch('http://{to}/keepalive',{{keepalive:true,mode:'no-cors'}}).catch(()=>0)</script>",
    "xhr": "<script>x=new XMLHttpRequest();x.open('GET','http://{to}/xhr');x.send()</script>",
    "beacon": "<script>navigator.sendBeacon('http://{to}/beacon','x')</script>",
    "ping": "<a id=ping href='#x' ping='http://{to}/ping'></a><script>document.getElementById('ping').click()</script>",
    "events": "<script>new EventSource('http://{to}/events')</script>",
    "socket": "<script>new WebSocket('ws://{to}/socket');new WebSocket('wss://{to}/secure')</script>",
    "worker": "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('http://{to}/worker',{{mode:'no-cors'}})\"])))</script>",
    "form": "<iframe name=f></iframe><form id=form target=f method=post action='http://{to}/form'></form><script>form.submit()</script>",
    "popup": "<script>open('http://{to}/popup')</script>",
    "redirect": "<img src='/to?{to}'><iframe src='/to?{to}'></iframe><script>fetch('/to?{to}').catch(()=>0)</script>",
    "csp report": "<meta http-equiv=Content-Security-Policy-Report-Only content=\"img-src 'none'; report-uri http://{to}/csp\">",
    "webtransport": "<script>try{{new WebTransport('https://{to}/wt').ready.catch(()=>0)}}catch(e){{}}</script>",
    "webrtc": "<script>p=new RTCPeerConnection({{iceServers:[{{urls:['stun:{to}']}},"
    "{{urls:['turn:{to}?transport=tcp','turn:{to}'],username:'u',credential:'c'}}]}});"
    "p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))</script>",
}

# Bodies with further ways; some of them navigate the whole window.
FURTHER = {
    "input": "<input type=image src='http://{to}/input'>",
    "body background": "<table background='http://{to}/table'><td>x</table>",
    "picture": "<picture><source srcset='http://{to}/picture'><img></picture>",
    "track": "<video controls><source src='http://{to}/source'><track default src='http://{to}/track'></video>",
    "base": "<base href='http://{to}/'><img src=base>",
    "cursor": "<style>body{{cursor:url(http://{to}/cursor),auto}}</style>",
    "list image": "<ul style='list-style-image:url(http://{to}/list)'><li>x</ul>",
    "border image": "<p style='border:9px solid;border-image:url(http://{to}/border) 9'>x</p>",
    "mask": "<p style='mask-image:url(http://{to}/mask)'>x</p>",
    "generated content": "<style>p::before{{content:url(http://{to}/content)}}</style><p>x</p>",
    "image set": "<p style='background:image-set(url(http://{to}/set) 1x)'>x</p>",
    "shape": "<p style='float:left;width:9px;height:9px;shape-outside:url(http://{to}/shape)'>x</p>",
    "svg use": "<svg><use href='http://{to}/use#a' /></svg>",
    "svg filter": "<svg><filter id=f><feImage href='http://{to}/fe'/></filter>"
    "<rect width=9 height=9 filter='url(#f)'/></svg>",
    "svg script": "<svg><script href='http://{to}/svgscript'></script></svg>",
    "svg as image": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='http://{to}/i'/></svg>\">",
    "pdf": "<embed type=application/pdf src='http://{to}/pdf'>",
    "frameset": "<iframe srcdoc=\"<frameset><frame src='http://{to}/frame'></frameset>\"></iframe>",
    "named host": "<img src='http://acme.localhost:8080@{to}/user'>",
    "fragment host": "<img src='http://{to}#@acme.localhost:8080/'>",
    "backslash host": "<img src='http:\\\\{to}\\back'>",
    "tab in host": "<img src='ht\ttp://{to}/tab'>",
    "no scheme": "<img src='//{to}/noscheme'>",
    "blob frame": "<iframe id=b></iframe><script>b.src=URL.createObjectURL(new Blob(['<img src=http://{to}/blob>'],{{type:'text/html'}}))</script>",
    "written frame": "<iframe id=w></iframe><script>w.contentDocument.write('<img src=http://{to}/written>')</script>",
    "import function": "<script>import('http://{to}/dynamic').catch(()=>0)</script>",
    "import map": """<script type=importmap>{{"imports":{{"x":"http://{to}/map"}}}}</script>
        <script type=module>import 'x'</script>""",
    "import scripts": "<script>new Worker(URL.createObjectURL(new Blob([\"importScripts('http://{to}/scripts')\"])))</script>",
    "shared worker": "<script>new SharedWorker(URL.createObjectURL(new Blob([\"fetch('http://{to}/shared')\"])))</script>",
    "worklet": "<script>CSS.paintWorklet?.addModule('http://{to}/worklet').catch(()=>0)</script>",
    "service worker": "<script>navigator.serviceWorker.register('/sw.js?{to}').catch(()=>0)</script>",
    "fetch that follows": "<script>fetch('/to?{to}',{{redirect:'follow',mode:'no-cors'}}).catch(()=>0)</script>",
    "fetch later": "<script>try{{fetchLater('http://{to}/later')}}catch{{}}</script>",
    "beacon at the end": "<script>addEventListener('pagehide',()=>navigator.sendBeacon('http://{to}/hide'))</script>",
    "socket stream": "<script>try{{new WebSocketStream('ws://{to}/stream').opened.catch(()=>0)}}catch{{}}</script>",
    "turns": "<script>new RTCPeerConnection({{iceServers:[{{urls:'turns:{to}',username:'u',credential:'c'}}]}})"
    ".createDataChannel('x')</script>",
    "candidate": "<script>(async()=>{{let p=new RTCPeerConnection();p.createDataChannel('x');"
    "let o=await p.createOffer();"
    "await p.setLocalDescription(o);let q=new RTCPeerConnection();await q.setRemoteDescription(o);"
    "let a=await q.createAnswer();await q.setLocalDescription(a);await p.setRemoteDescription(a);"
    "let [h,n]='{to}'.split(':');"
    "p.addIceCandidate({{candidate:`candidate:1 1 udp 1 ${{h}} ${{n}} typ host`,sdpMid:'0'}})}})()</script>",
    "location": "<script>location='http://{to}/location'</script>",
    "replace": "<script>location.replace('http://{to}/replace')</script>",
    "link": "<a id=l href='http://{to}/link'>x</a><script>l.click()</script>",
    "top": "<iframe srcdoc=\"<script>top.location='http://{to}/top'</script>\"></iframe>",
    "form of the window": "<form id=f method=post action='http://{to}/window'></form><script>f.submit()</script>",
    "refresh": "<meta http-equiv=refresh content='0;url=http://{to}/refresh'>",
    "script address": "<script>location='javascript:location=\"http://{to}/js\"'</script>",
    "view source": "<script>location='view-source:http://{to}/vs'</script><iframe src='view-source:http://{to}/vs2'></iframe>",
    "other schemes": "<img src='ftp://{to}/f'><iframe src='gopher://{to}/g'></iframe><img src='filesystem:http://{to}/temporary/x'>",
    "opened and sent on": "<script>open('/to?{to}')</script>",
}

# Answers that redirect before a page is shown, or send requests by their headers.
HEADERS = {
    **{f"status {status}": (status, "Location", "http://{to}/status") for status in (301, 302, 303, 307, 308)},
    "by way of ourselves": (302, "Location", "/to?{to}"),
    "refresh header": (200, "Refresh", "0;url=http://{to}/header"),
    "link header": (200, "Link", "<http://{to}/linked>; rel=preload; as=image, <http://{to}/css>; rel=stylesheet"),
    "report header": (200, "Content-Security-Policy", "img-src 'none'; report-uri http://{to}/report"),
    "error log header": (200, "Reporting-Endpoints", 'default="https://{to}/endpoint"'),
}

XML = {
    "external entity": "<!DOCTYPE r [<!ENTITY x SYSTEM 'http://{to}/entity'>]><r>&x;</r>",
    "external dtd": "<!DOCTYPE r SYSTEM 'http://{to}/dtd'><r/>",
    "transformation": "<?xml-stylesheet type='text/xsl' href='http://{to}/xsl'?><r/>",
    "xml style": "<?xml-stylesheet type='text/css' href='http://{to}/xmlcss'?><r/>",
    "svg document": "<svg xmlns='http://www.w3.org/2000/svg'><image href='http://{to}/d' width='9' height='9'/></svg>",
}
