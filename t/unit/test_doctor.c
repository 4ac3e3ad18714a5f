/* SPDX-License-Identifier: EUPL-1.2 */

/* What is read of a configuration of nginx, what is found in it, and what a supporter sees. */

#include "unit.h"

#include "ggi_bundle.h"
#include "ggi_conf.h"
#include "ggi_conf_tree.h"
#include "ggi_doctor_conf.h"
#include "ggi_doctor_scope.h"
#include "ggi_doctor_status.h"

/* a configuration without any finding, into whose server with a dienst something is put */
#define GOOD(more)                                                             \
    "# configuration file /etc/nginx/nginx.conf:\nhttp {\nggi_audit_seal required=5m;\n" \
    "ssl_protocols TLSv1.3;\nssl_ciphers ECDHE;\nssl_session_tickets off;\nserver {\n" more \
    "\nlisten 443 ssl;\nlocation / { limit_req zone=a; ggi_dienst brp; } }\n" \
    "server { listen 9145; location / { ggi_status; } } }\n"


/* The directives of a configuration as FILE:LINE=WORD|WORD, or its fault. */
static void
assert_conf(const char *text, const char *expected)
{
    char         shown[1024];
    size_t       i, k, n;
    ggi_conf_t   conf;
    ggi_fault_t  fault = ggi_fault_init;

    if (!ggi_conf_read(&conf, text, strlen(text), &fault)) {
        assert_string_equal(fault.text, expected);
        return;
    }

    for (shown[0] = '\0', n = 0, i = 0; i < conf.n; i++) {
        n += (size_t) snprintf(shown + n, sizeof(shown) - n, "%s:%u=", conf.directives[i].file,
                               conf.directives[i].line);

        for (k = 0; k < conf.directives[i].n; k++) {
            n += (size_t) snprintf(shown + n, sizeof(shown) - n, "%s%s", k ? "|" : "",
                                   conf.directives[i].words[k]);
        }

        n += (size_t) snprintf(shown + n, sizeof(shown) - n, " ");
        assert_true(n < sizeof(shown));
    }

    assert_string_equal(shown, expected);
    ggi_conf_free(&conf);
}


static void
test_conf(void **state)
{
    (void) state;
    assert_conf("", "");
    assert_conf("# a;\n", "");
    assert_conf("a;b c;", "nginx.conf:1=a nginx.conf:1=b|c ");
    assert_conf("a \"b;c\" 'd}' ;\nb{c;}", "nginx.conf:1=a|b;c|d} nginx.conf:2=b nginx.conf:2=c ");
    assert_conf("a \"b\\\"c\" d\\ e\\\\ f\\n;", "nginx.conf:1=a|b\"c|d e\\|f\\n ");
    assert_conf("a \"b\"c;", "nginx.conf:1=a|b|c ");
    assert_conf("a ${b}c '';", "nginx.conf:1=a|${b}c| ");
    assert_conf("a # b;\n c;", "nginx.conf:1=a|c ");
    assert_conf("a\n\"b\nc\";d;", "nginx.conf:1=a|b\nc nginx.conf:3=d ");
    assert_conf("# configuration file /x y:\na;\n# configuration file z:\n\nb;",
                "/x y:1=a z:2=b ");
    assert_conf("x # configuration file z:\n;", "nginx.conf:1=x ");
    assert_conf("a", "nginx.conf:1: a directive has no end");
    assert_conf("\n;", "nginx.conf:2: unexpected \";\" or \"{\"");
    assert_conf("\na }", "nginx.conf:2: unexpected \"}\"");
    assert_conf("a 'b;", "nginx.conf:1: a quote has no end");
    assert_conf("a { b { } }\n}", "nginx.conf:2: unexpected \"}\"");
    assert_conf("a { b { }\n", "nginx.conf:2: a block has no end");
    assert_conf("a {\n# configuration file z:\nb; }", "nginx.conf:1=a nginx.conf:3=b ");
}


/* a block of Lua is left out, whatever braces, quotes and comments it has */
static void
test_conf_lua(void **state)
{
    (void) state;
    assert_conf("a_by_lua_block { } b;", "nginx.conf:1=a_by_lua_block nginx.conf:1=b ");
    assert_conf("l { a_by_lua_block {if x then y = {{}, 1} end}\n}b;",
                "nginx.conf:1=l nginx.conf:1=a_by_lua_block nginx.conf:2=b ");
    assert_conf("set_by_lua_block $x { return '}' .. \"}\\\"}\" .. '\\'}' }\nb;",
                "nginx.conf:1=set_by_lua_block|$x nginx.conf:2=b ");
    assert_conf("a_by_lua_block { -- it's } \" \n }\nb;", "nginx.conf:1=a_by_lua_block nginx.conf:3=b ");
    assert_conf("a_by_lua_block { --[[ } ' \n ]] }b;", "nginx.conf:1=a_by_lua_block nginx.conf:2=b ");
    assert_conf("a_by_lua_block { --[==[ } ]] ]=] ' \n ]==] }b;", "nginx.conf:1=a_by_lua_block nginx.conf:2=b ");
    assert_conf("a_by_lua_block { x = [=[ } ]] ' -- ]=] .. t[u[1]] }b;", "nginx.conf:1=a_by_lua_block nginx.conf:1=b ");
    assert_conf("a_by_lua_block { --[= } \n } b;", "nginx.conf:1=a_by_lua_block nginx.conf:2=b ");
    assert_conf("a_by_lua_block { # configuration file z:\n}b;", "nginx.conf:1=a_by_lua_block nginx.conf:2=b ");
    assert_conf("a_by_lua_block{}b;", "nginx.conf:1=a_by_lua_block nginx.conf:1=b ");
    assert_conf("perl_set $x 'sub { return \"}\"; }'; b;",
                "nginx.conf:1=perl_set|$x|sub { return \"}\"; } nginx.conf:1=b ");
    assert_conf("a_by_lua_block { {\n }", "nginx.conf:2: a block of Lua has no end");
    assert_conf("a_by_lua_block { [[ }", "nginx.conf:1: a block of Lua has no end");
    assert_conf("a_by_lua_block { ' }", "nginx.conf:1: a block of Lua has no end");
    assert_conf("_by_lua_block { ' }", "nginx.conf:1: a quote has no end");
}


/* What was found, as L:TOPIC:TEXT, the last one. */
static char    found[2048];
static size_t  found_n;


static void
finding(void *data, ggi_doctor_e level, const char *topic, const char *text)
{
    (void) data;
    found_n++;
    snprintf(found, sizeof(found), "%c:%s:%s", level == GGI_DOCTOR_CRITICAL ? 'C' : 'W', topic,
             text);
}


/* There was one finding, which begins like this; NULL: there was none. of says what was looked at. */
static void
assert_last(const char *of, const char *expected)
{
    if (found_n != (expected ? 1 : 0) || (expected && strstr(found, expected) != found)) {
        fail_msg("%s: %zu findings, the last one \"%s\"", of, found_n, found);
    }
}


/* The tree of a configuration, as WORD(WORD ...), or its fault. */
static void
assert_tree(const char *text, const char *expected)
{
    char             shown[1024];
    size_t           i, n;
    ggi_conf_t       conf;
    ggi_fault_t      fault = ggi_fault_init;
    ggi_conf_tree_t  tree;

    assert_int_equal(ggi_conf_read(&conf, text, strlen(text), &fault), 1);

    if (!ggi_conf_tree_make(&tree, &conf, &fault)) {
        assert_string_equal(fault.text, expected);
        ggi_conf_free(&conf);
        return;
    }

    for (shown[0] = '\0', n = 0, i = 1; i < tree.n; i++) {
        n += (size_t) snprintf(shown + n, sizeof(shown) - n, "%s<%s ", ggi_conf_name(&tree, i),
                               ggi_conf_name(&tree, tree.nodes[i].parent));
        assert_true(n < sizeof(shown));
    }

    assert_string_equal(shown, expected);
    ggi_conf_tree_free(&tree);
    ggi_conf_free(&conf);
}


static void
test_tree(void **state)
{
    (void) state;
    assert_tree("", "");
    assert_tree("a { b { c; } d; } e;", "a< b<a c<b d<a e< ");
    assert_tree("# configuration file /n/x:\na { include b; c; } d { include /n/b; }\n"
                "# configuration file /n/b:\ne { f; } g;\n",
                "a< include<a e<a f<e g<a c<a d< include<d e<d f<e g<d ");
    assert_tree("# configuration file /n/x:\na { include s/*.c; }\n# configuration file /n/s/1.c:\n"
                "b;\n# configuration file /n/s/2.d:\nc;\n# configuration file /n/s/.c:\nd;\n"
                "# configuration file /n/s/t/1.c:\ne;\n", "a< include<a b<a ");
    assert_tree("# configuration file /n/x:\ninclude none;", "include< ");
    assert_tree("a {\ninclude b; }", "nginx.conf:2: what is included is not there");
    assert_tree("# configuration file /n/x:\ninclude x;",
                "/n/x:1: the files include each other without end");
    assert_tree("# configuration file /n/x:\ninclude y; include y;\n# configuration file /n/y:\n"
                "include z; include z; include z; include z;\n# configuration file /n/z:\n"
                "include x;\n", "/n/z:1: the files include each other without end");
}


/* A configuration has one finding, which begins like this; NULL: none. */
static void
assert_conf_found(const char *text, const char *expected)
{
    ggi_conf_t          conf;
    ggi_fault_t         fault = ggi_fault_init;
    ggi_doctor_t        doctor = { .each = finding };
    ggi_doctor_scope_t  scope;

    found_n = 0;
    assert_int_equal(ggi_conf_read(&conf, text, strlen(text), &fault), 1);
    assert_int_equal(ggi_doctor_scope_make(&scope, &conf, &fault), 1);
    ggi_doctor_conf(&doctor, &scope);
    ggi_doctor_scope_free(&scope);
    ggi_conf_free(&conf);
    assert_last(text, expected);
}

/* A good configuration with more in its server with a dienst has one finding, or none: NULL. */
#define assert_found(more, expected)  assert_conf_found(GOOD(more), expected)


static void
test_findings(void **state)
{
    (void) state;
    assert_found("", NULL);
    assert_found("ggi_pkio on;", NULL);
    assert_found("ggi_pkio observe;", "W:mode:/etc/nginx/nginx.conf:7: \"ggi_pkio observe\" lets");
    assert_found("ggi_netwerk observe a b;", "W:mode:/etc/nginx/nginx.conf:7: \"ggi_netwerk obs");
    assert_found("ggi_audit off;", "W:mode:/etc/nginx/nginx.conf:7: \"ggi_audit off\" judges");
    assert_found("ssl_protocols TLSv1.2 TLSv1.1;", "C:tls:/etc/nginx/nginx.conf:7: \"ssl_protoc");
    assert_found("ssl_protocols TLSv1.2;", NULL);
    assert_found("ssl_early_data on;", "C:tls:/etc/nginx/nginx.conf:7: \"ssl_early_data\" has on");
    assert_found("ssl_ecdh_curve X25519:prime256v1:secp384r1;", NULL);
    assert_found("ssl_ecdh_curve X25519:secp224r1;", "W:tls:/etc/nginx/nginx.conf:7: the curve secp");
    assert_found("ggi_autorisatie_redis redis://u:p@10.0.0.1/0;", "W:redis:/etc/nginx/nginx.conf");
    assert_found("ggi_autorisatie_redis redis://u:p@127.0.0.1/0;", NULL);
    assert_found("ggi_autorisatie_redis redis://[::1]:6379/0;", NULL);
    assert_found("ggi_autorisatie_redis rediss://u:p@10.0.0.1/0;", NULL);
    assert_found("ggi_functie_redis redis://localhost.example/0;", "W:redis:/etc/nginx/nginx.conf");
    assert_found("ggi_autorisatie_redis unix:///run/redis/redis.sock?db=0;", NULL);
    assert_found("ggi_autorisatie_redis sentinel://127.0.0.1,[::1]/profielen/0;", NULL);
    assert_found("ggi_autorisatie_redis sentinel://127.0.0.1,s2.example/profielen/0;",
                 "W:redis:/etc/nginx/nginx.conf");
    assert_found("ggi_autorisatie_redis sentinels://127.0.0.1,s2.example/profielen/0;", NULL);
    assert_found("ggi_autorisatie_redis redis-cluster://10.0.0.1;", "W:redis:/etc/nginx/nginx.conf");
}


#define HTTP  "ggi_status; ggi_audit_seal; ssl_ciphers a; ssl_session_tickets off; limit_req a;\n"
#define GATE  "location /brp/ { ggi_dienst brp; } }\n"


/* What counts is what is in force where a dienst is. */
static void
test_in_force(void **state)
{
    (void) state;
    assert_conf_found("http { " HTTP "ssl_protocols TLSv1 TLSv1.2; server { listen 443 ssl;\n"
                      "ssl_protocols TLSv1.2 TLSv1.3; " GATE "}", NULL);
    assert_conf_found("http { " HTTP "ssl_protocols TLSv1 TLSv1.2;\nserver { listen 443 ssl; " GATE
                      "}", "C:tls:nginx.conf:2: \"ssl_protocols\" has TLSv1: set \"ssl_protocols "
                      "TLSv1.2 TLSv1.3\" in the server of nginx.conf:3");
    assert_conf_found("http { " HTTP "server { listen 443 ssl; ssl_protocols TLSv1.3; " GATE
                      "server { listen 443 ssl; ssl_protocols TLSv1; } }", NULL);

    /* TLS begins with the default server of a listener */

    assert_conf_found("http { " HTTP "server { listen 0.0.0.0:443 ssl; ssl_protocols TLSv1; }\n"
                      "server { listen 443 ssl; ssl_protocols TLSv1.3; " GATE "}",
                      "C:tls:nginx.conf:2: \"ssl_protocols\" has TLSv1:");
    assert_conf_found("http { " HTTP "server { listen 443 ssl; ssl_protocols TLSv1; }\n"
                      "server { listen 443 default_server; ssl_protocols TLSv1.3; " GATE "}", NULL);
    assert_conf_found("http { " HTTP "server { listen 443 ssl; }\nserver { listen 443; "
                      "ssl_protocols TLSv1.3; " GATE "}", "W:tls:nginx.conf:2: this server begins "
                      "TLS for a dienst with the versions of nginx's default");
    assert_conf_found("http { " HTTP "server { listen 8443 ssl; ssl_protocols TLSv1; }\n"
                      "server { listen 443 ssl; ssl_protocols TLSv1.3; " GATE "}", NULL);
    assert_conf_found("http { " HTTP "server { listen 80; ssl_protocols TLSv1; " GATE "}", NULL);

    /* modes and limits are those of each location */

    assert_conf_found("http { " HTTP "ggi_pkio observe; server { ggi_pkio on; " GATE "}", NULL);
    assert_conf_found("http { " HTTP "ggi_pkio observe;\nserver { " GATE "server { " GATE "}",
                      "W:mode:nginx.conf:2: \"ggi_pkio observe\"");
    assert_conf_found("http { " HTTP "server { " GATE "server { location / { ggi_pkio off; } } }",
                      NULL);
    assert_conf_found("http { ggi_status; ggi_audit_seal;\nserver {\n" GATE
                      "server { limit_req a; ggi_dienst x;\nlocation / { } location /a { } } }",
                      "W:limits:nginx.conf:3: this location has no limit, so");
    assert_conf_found("http { ggi_status; ggi_audit_seal;\nserver {\n" GATE
                      "server { ggi_dienst x;\nlocation / { } location /a { ggi_dienst off; } } }",
                      "W:limits:nginx.conf:3: this location, as 1 more, has no limit, so");
    assert_conf_found("http { " HTTP "server { ggi_dienst off;\n location / { } } }", "C:dienst:");
    assert_conf_found("http { " HTTP "server { ggi_dienst x; } }", NULL);

    /* the lines of signals have the level warn */

    assert_conf_found("error_log /x;\nhttp { " HTTP "ggi_audit_signal clock; server { " GATE "}",
                      "W:signals:nginx.conf:1: the error log does not have the lines of");
    assert_conf_found("error_log /x error; error_log /y notice; http { " HTTP "ggi_audit_signal a;"
                      "server { " GATE "}", NULL);
    assert_conf_found("http { " HTTP "error_log /x warn;\nggi_audit_signal a; server { " GATE "}",
                      "W:signals:nginx.conf:3: the error log");
    assert_conf_found("http { " HTTP "ggi_audit_signal off; server { " GATE "}", NULL);

    /* as Debian has its files */

    assert_conf_found("# configuration file /etc/nginx/nginx.conf:\nhttp { " HTTP
                      "ssl_protocols TLSv1; include /etc/nginx/sites-enabled/*; }\n"
                      "# configuration file /etc/nginx/sites-enabled/api:\n"
                      "server { listen 443 ssl; include snippets/tls; include snippets/api; }\n"
                      "server { listen 8443 ssl; include snippets/tls; include snippets/api; }\n"
                      "# configuration file /etc/nginx/snippets/tls:\nssl_protocols TLSv1.3;\n"
                      "# configuration file /etc/nginx/snippets/api:\n"
                      "location / { ggi_dienst brp; }\n", NULL);
}


/* The ways past the gate of a dienst that leads to the upstream b. */
static void
test_open(void **state)
{
    size_t  i;
    char    text[1024];

    static const struct {
        const char  *more;              /* in http, behind the server with the dienst */
        const char  *expected;
    } cases[] = {
        { "", NULL },
        { "server { location / { proxy_pass http://127.0.0.1:8081; } }", NULL },
        { "server {\nlocation / { proxy_pass http://b/x; } }", "C:open:nginx.conf:4: this location "
          "leads past all gates to 127.0.0.1:8080, as the dienst \"brp\" does in nginx.conf:3: give "
          "it this \"ggi_dienst\", take it out, or write \"ggi_dienst off;\" there" },
        { "server { location / { proxy_pass http://localhost:8080/; } }", "C:open:nginx.conf:3:" },
        { "server { location / { proxy_pass https://api; } }", "C:open:nginx.conf:3: this location "
          "leads past all gates to api:443," },
        { "server { location / { proxy_pass http://api; } }", NULL },
        { "server { location / { proxy_pass HTTPS://Api; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { proxy_pass http://UNIX:/run/b.sock:/x; } }",
          "C:open:nginx.conf:3: this location leads past all gates to unix:/run/b.sock," },
        { "server { location / { fastcgi_pass unix:/run/b.sock; } }", "C:open:nginx.conf:3:" },
        { "server { location / { if ($x) { proxy_pass http://unix:/run/b.sock:/x; } } }",
          "C:open:nginx.conf:3: this if leads past all gates to unix:/run/b.sock," },
        { "server { location / { ggi_dienst off; proxy_pass http://b; } }", NULL },
        { "server { location / { internal; proxy_pass http://b; } }", NULL },
        { "server { location / { internal; location /in { proxy_pass http://b; } } }", NULL },
        { "server { location / { if ($x) { proxy_pass http://b; } internal; } }", NULL },
        { "server { location / { internal; limit_except GET { proxy_pass http://b; } } }", NULL },
        { "server { location /in { internal; } location / { proxy_pass http://b; } }", "C:open:nginx.conf:3:" },
        { "server { location / { ggi_dienst brp2; proxy_pass http://b; } }", NULL },
        { "server { location / { proxy_pass http://B; } }", "C:open:nginx.conf:3:" },
        { "server { location / { proxy_pass https://API:443/x; } }", "C:open:nginx.conf:3:" },
        { "server { set $to LocalHost; location / { proxy_pass http://$to:8080$request_uri; } }",
          "C:open:nginx.conf:3: this location leads past all gates to 127.0.0.1:8080," },
        { "map $host $to { default x; a.nl http://b; } server { location / { proxy_pass $to; } }",
          "C:open:nginx.conf:3: this location leads past all gates to 127.0.0.1:8080," },
        { "split_clients $a $to { 10% b; * c; } server { location / { proxy_pass http://${to}/x; } }",
          "C:open:nginx.conf:3:" },
        { "geo $too { default b; } server { set $to $too; location / { proxy_pass http://$to; } }", NULL },
        { "server { listen 8080; }", "W:open:nginx.conf:3: callers can come past the gates to this "
          "server, to which the dienst \"brp\" leads in nginx.conf:3: have it listen on 127.0.0.1" },
        { "server { listen 127.0.0.1:1; listen [::]:8080; location / { } }", "W:open:nginx.conf:3: callers" },
        { "server { listen 127.0.0.1:8080; listen 10.0.0.1:8080; listen 8081; listen unix:/x; }", NULL },
        { "server { listen 8080; allow 127.0.0.1; deny all; }", NULL },
        { "server { listen 8080; satisfy any; auth_basic x; deny all; }", "W:open:nginx.conf:3: callers" },
        { "server { listen 8080; ggi_dienst off; }", NULL },
        { "server { location / { try_files $uri @b; } location @b { proxy_pass http://b; } }",
          "C:open:nginx.conf:3: this location" },
        { "server { location / { ggi_dienst brp; error_page 502 = @b; } "
          "location @b { proxy_pass http://b; } }", NULL },
        { "server { location / { ggi_dienst brp; content_by_lua_block { ngx.exec('@b') } } "
          "location @b { proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { try_files $uri /b?$args; } location /b { internal; "
          "proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { if ($x) { rewrite ^ /b/$1 last; } } location ^~ /b/ { internal; "
          "if ($y) { proxy_pass http://b; } } }", "C:open:nginx.conf:3: this if" },
        { "server { location / { rewrite ^/o(/.*)$ /b$1 last; } location /b/ { internal; "
          "proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { error_page 404 /b$uri; } location = /b/x { internal; "
          "proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { rewrite ^/(.*)/$ /$1 permanent; } location /b/ { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { location / { try_files $uri /c$uri; rewrite ^/b$ /x; } location /b/ { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { location / { mirror /b; } location =/b { internal; proxy_pass http://b; } }",
          "C:open:nginx.conf:3: this location" },
        { "server { location / { mirror /b2; } location = /b { internal; proxy_pass http://b; } }", NULL },
        { "server { location / { ggi_dienst brp; mirror /b; } location = /b { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { location / { auth_request /b; } location = /b { internal; proxy_pass http://b; } }", NULL },
        { "server { location / { ggi_dienst off; mirror /b; } location = /b { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { error_page 404 /b; location / { ggi_dienst brp; } location = /b { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { error_page 404 /b; location /x { ggi_dienst brp; } location = /b { internal; "
          "proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "error_page 404 /b; server { location / { ggi_dienst brp; } location /o { } "
          "location = /b { internal; proxy_pass http://b; } }", "C:open:nginx.conf:3: this location" },
        { "server { location / { error_page 404 /b; } } server { location = /b { internal; "
          "proxy_pass http://b; } }", NULL },
        { "server { location / { try_files $uri /b.php; } location ~ \\.php$ { internal; "
          "proxy_pass http://b; } }", NULL },
        { "upstream c { server 10.0.0.1:1; server 127.0.0.1:8080; }\nserver { location / { "
          "proxy_pass http://c; } }", "C:open:nginx.conf:4: this location leads past all gates to "
          "127.0.0.1:8080," },
        { "} stream { upstream b { server 10.0.0.1:1; } server { proxy_pass b; }", NULL },
        { "} stream { server { proxy_pass 127.0.0.1:8080; }",
          "C:open:nginx.conf:3: this server leads past all gates to 127.0.0.1:8080, as the dienst "
          "\"brp\" does in nginx.conf:3: take it out" },
        { "server { location / { proxy_pass http://x; } location /b { ggi_dienst c; } }",
          "W:open:nginx.conf:3: this location passes requests on that nothing judges or records, in "
          "a server that has a dienst: give it a \"ggi_dienst\", or" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "http { " HTTP "upstream b { server 127.0.0.1:8080 weight=2; "
                 "server unix:/run/b.sock; }\nserver { location /x { ggi_dienst brp; proxy_pass "
                 "http://b; } location /y { ggi_dienst y; grpc_pass https://api:443; } } %s }",
                 cases[i].more);
        assert_conf_found(text, cases[i].expected);
    }
}


static void
test_missing(void **state)
{
    size_t       i;
    char         text[2048], *at;

    static const char *const  needs[][2] = {
        { "ggi_dienst", "C:dienst:" }, { "ggi_audit_seal", "W:seal:" },
        { "ggi_status", "W:status:" }, { "limit_req", "W:limits:" },
        { "ssl_protocols", "W:tls:" }, { "ssl_ciphers", "W:tls:" },
        { "ssl_session_tickets", "W:resumption:" }
    };

    (void) state;

    for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        snprintf(text, sizeof(text), "%s", GOOD(""));
        at = strstr(text, needs[i][0]);
        *at = 'x';
        assert_conf_found(text, needs[i][1]);
    }
}


/* A status at the time 1000000 has one finding, which begins like this; NULL: none. */
static void
assert_status(const char *text, const char *expected)
{
    json_t        *status;
    ggi_fault_t    fault = ggi_fault_init;
    ggi_doctor_t   doctor = { .each = finding };

    found_n = 0;
    status = ggi_source_parse(text, strlen(text), &fault);
    assert_non_null(status);
    ggi_doctor_status(&doctor, status, NULL, 1000000);
    json_decref(status);
    assert_last(text, expected);
}


static void
test_status(void **state)
{
    (void) state;
    assert_status("{\"time\":1000000}", NULL);
    assert_status("[]", "C:status:the status is none of a gate");
    assert_status("{\"time\":1000061}", "W:clock:");
    assert_status("{\"time\":999939}", "W:clock:");
    assert_status("{\"time\":1000000,\"ggi_audit_waiting_bytes\":2000000}", "C:log:records wait");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_look_timestamp_seconds\":999699}",
                  "W:lists:no worker");
    assert_status("{\"time\":1000000,\"ggi_audit_seal_timestamp_seconds\":999699}", "C:seal:");
    assert_status("{\"time\":1000000,\"ggi_audit_seal_timestamp_seconds\":999700}", NULL);
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_connected\":2}", NULL);
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_doubting\":0}", NULL);
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_doubting\":1}", "C:redis:ggi_redis_doubting");
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_connected\":1}",
                  "W:redis:ggi_redis_connected is 1 of 2 workers");
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_subscribed\":0}", "C:redis:");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_faulty\":[{\"file\":\"a\\nb\",\"value\":1}]}",
                  "W:lists:\"a?b\" of ggi_pkio_crl cannot be read");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_next_update_timestamp_seconds\":"
                  "[{\"issuer\":\"CN=x\",\"value\":1003599}]}",
                  "W:lists:the list of CN=x expires in 59 minutes");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_next_update_timestamp_seconds\":"
                  "[{\"issuer\":\"CN=x\",\"value\":1003600}]}", NULL);
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_next_update_timestamp_seconds\":"
                  "[{\"issuer\":\"CN=x\",\"value\":1000000}]}", "C:lists:the list of CN=x has exp");
    assert_status("{\"time\":1000000,\"ggi_pkio_client_certificate_expiry_timestamp_seconds\":"
                  "[{\"oin\":\"00000001823288444000\",\"value\":3591999}]}",
                  "W:caller:the certificate of the caller 00000001823288444000 expires in 29 days");
    assert_status("{\"time\":1000000,\"ggi_pkio_client_certificate_expiry_timestamp_seconds\":"
                  "[{\"oin\":\"00000001823288444000\",\"value\":3592000}]}", NULL);
    assert_status("{\"time\":1000000,\"ggi_calls_would_refuse_total\":[{\"dienst\":\"b\","
                  "\"reason\":\"claim_missing\",\"value\":0},{\"dienst\":\"brp\","
                  "\"reason\":\"claim_missing\",\"value\":1}]}",
                  "W:mode:calls of the dienst \"brp\" would have been refused: claim_missing");
}


/* The same is told once, unless it is worse the second time. */
static void
test_once(void **state)
{
    size_t        i;
    ggi_doctor_t  doctor = { .each = finding };

    static const struct {
        const char  *what;
        int64_t      expires;           /* at the time 0 */
        const char  *text;              /* NULL: it is not told */
    } cases[] = {
        { "a", 10 * GGI_DOCTOR_DAY, "W:t:a expires in 10 days: r" }, { "a", 7200, NULL },
        { "b", 7200, "W:t:b expires in 2 hours: r" }, { "a", 0, "C:t:a has expired: r" },
        { "a", 0, NULL }, { "a", 7200, NULL }, { "c", 30 * GGI_DOCTOR_DAY, NULL },
        { "c", 7199, "W:t:c expires in 119 minutes: r" }
    };

    (void) state;
    doctor.told = json_object();

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        found_n = 0;
        ggi_doctor_expiry(&doctor, "t", cases[i].what, cases[i].expires, 0, 30 * GGI_DOCTOR_DAY,
                          "r");
        assert_last(cases[i].what, cases[i].text);
    }

    json_decref(doctor.told);
}


static void
test_bundle(void **state)
{
    size_t           i;
    json_t          *list;
    ggi_conf_t       conf;
    ggi_fault_t      fault = ggi_fault_init;
    ggi_conf_tree_t  tree;

    static const becomes_t  cases[] = {
        { "ggi_autorisatie_redis redis://u:p@127.0.0.1/0 timeout=1s;",
          "nginx.conf:1: ggi_autorisatie_redis redis://***@127.0.0.1/0 timeout=1s" },
        { "ggi_autorisatie_redis redis://:p@q@127.0.0.1/0;",
          "nginx.conf:1: ggi_autorisatie_redis redis://***@127.0.0.1/0" },
        { "proxy_set_header Authorization x;", "nginx.conf:1: proxy_set_header ..." },
        { "ggi_dienst_contact mailto:j@x.nl;", "nginx.conf:1: ggi_dienst_contact ..." },
        { "ssl_certificate_key data:x;", "nginx.conf:1: ssl_certificate_key data:***" },
        { "error_log /var/log/123456782 info;", "nginx.conf:1: error_log /var/log/********* info" },
        { "unknown_directive x;", "nginx.conf:1: unknown_directive ..." },
        { "ggi_status;", "nginx.conf:1: ggi_status" },
        { "error_log \xff;", "nginx.conf:1: error_log \xef\xbf\xbd" },
        { "ggi_autorisatie_redis redis://u:p/q@127.0.0.1/0?password=r s;",
          "nginx.conf:1: ggi_autorisatie_redis redis://***@127.0.0.1/0?password=*** s" },
        { "ggi_autorisatie_redis unix:u:p@/run/redis;",
          "nginx.conf:1: ggi_autorisatie_redis ***@/run/redis" },
        { "ggi_autorisatie_redis sentinel://h/m sentinel_password=p@q;",
          "nginx.conf:1: ggi_autorisatie_redis sentinel://h/m ***" },
        { "ggi_autorisatie_redis redis://h/0?password=p@q;", "nginx.conf:1: ggi_autorisatie_redis redis://***" },
        { "ggi_autorisatie_redis rediss://h key=/a/b.key cert=/a/b.pem Auth_Token=x;",
          "nginx.conf:1: ggi_autorisatie_redis rediss://h key=/a/b.key cert=/a/b.pem Auth_Token=***" },
        { "error_log syslog:server=h,pwd=x;", "nginx.conf:1: error_log syslog:server=h,pwd=***" },
        { "ggi_status_push https://h/?API-key=x;", "nginx.conf:1: ggi_status_push https://h/?API-key=***" },
        { "ggi_autorisatie_redis rediss://[::1]:1/0;",
          "nginx.conf:1: ggi_autorisatie_redis rediss://[::1]:1/0" },
        { "ssl_certificate_key \"engine:pkcs11:pkcs11:token=t;object=k?pin-value=1234\";",
          "nginx.conf:1: ssl_certificate_key engine:***" },
        { "ssl_certificate_key store:pkcs11:token=t?pin-value=1234;",
          "nginx.conf:1: ssl_certificate_key store:***" },
        { "map $http_authorization $who { \"Bearer 1234\" jan; }", "nginx.conf:1: ..." },
        { "map $http_x_key $who { ssl_1234 jan; }", "nginx.conf:1: ..." },
        { "http { geo $who { user jan; } }", "nginx.conf:1: ..." },
        { "http { x { server { location { ggi_1234 jan; } } } }", "nginx.conf:1: ..." },
        { "http { server { if ($a) { ggi_status; } } }", "nginx.conf:1: ggi_status" },
        { "# configuration file /a:\nmap $a $b { include /b; }\n# configuration file /b:\nggi_1234 jan;",
          "/b:1: ..." },
        { "# configuration file /a:\nhttp { include /b; }\n# configuration file /b:\nggi_status;",
          "/b:1: ggi_status" },
        { "# configuration file /a:\nhttp { include /b; map $a $b { include /b; } }\n"
          "# configuration file /b:\nggi_status;", "/b:1: ..." },
        { "# configuration file /a:\nhttp { }\n# configuration file /b:\nggi_status;", "/b:1: ..." },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_conf_read(&conf, cases[i].text, strlen(cases[i].text), &fault), 1);
        assert_int_equal(ggi_conf_tree_make(&tree, &conf, &fault), 1);
        list = ggi_bundle_conf(&conf, &tree);
        assert_string_equal(json_string_value(json_array_get(list, conf.n - 1)),
                            cases[i].becomes);
        json_decref(list);
        ggi_conf_tree_free(&tree);
        ggi_conf_free(&conf);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_conf), cmocka_unit_test(test_conf_lua),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_in_force),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_once),
        cmocka_unit_test(test_bundle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
