/* SPDX-License-Identifier: EUPL-1.2 */

/* What is read of a configuration of nginx, what is found in it, and what a supporter sees. */

#include "unit.h"

#include "ggi_bundle.h"
#include "ggi_conf.h"
#include "ggi_doctor_conf.h"
#include "ggi_doctor_status.h"

/* a configuration without any finding */
#define GOOD                                                                   \
    "# configuration file /etc/nginx/nginx.conf:\nhttp {\nggi_audit_seal required=5m;\n" \
    "limit_req zone=a;\nssl_protocols TLSv1.3;\nssl_ciphers ECDHE;\n"           \
    "ssl_session_tickets off; server { location / { ggi_status; ggi_dienst brp; } } }\n"


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


/* A good configuration with more in it has one finding, which begins like this; NULL: none. */
static void
assert_found(const char *more, const char *expected)
{
    char          text[2048];
    ggi_conf_t    conf;
    ggi_fault_t   fault = ggi_fault_init;
    ggi_doctor_t  doctor = { .each = finding };

    snprintf(text, sizeof(text), "%s%s", GOOD, more);
    found_n = 0;
    assert_int_equal(ggi_conf_read(&conf, text, strlen(text), &fault), 1);
    ggi_doctor_conf(&doctor, &conf);
    ggi_conf_free(&conf);
    assert_last(more, expected);
}


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
}


static void
test_missing(void **state)
{
    size_t        i;
    ggi_conf_t    conf;
    ggi_fault_t   fault = ggi_fault_init;
    ggi_doctor_t  doctor = { .each = finding };
    char          text[2048], *at;

    static const char *const  needs[][2] = {
        { "ggi_dienst", "C:dienst:" }, { "ggi_audit_seal", "W:seal:" },
        { "ggi_status", "W:status:" }, { "limit_req", "W:limits:" },
        { "ssl_protocols", "W:tls:" }, { "ssl_ciphers", "W:tls:" },
        { "ssl_session_tickets", "W:resumption:" }
    };

    (void) state;

    for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        snprintf(text, sizeof(text), "%s", GOOD);
        at = strstr(text, needs[i][0]);
        *at = 'x';
        found_n = 0;
        assert_int_equal(ggi_conf_read(&conf, text, strlen(text), &fault), 1);
        ggi_doctor_conf(&doctor, &conf);
        ggi_conf_free(&conf);
        assert_last(needs[i][0], needs[i][1]);
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
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_connected\":1}",
                  "W:redis:ggi_redis_connected is 1 of 2 workers");
    assert_status("{\"time\":1000000,\"ggi_workers\":2,\"ggi_redis_subscribed\":0}", "C:redis:");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_faulty\":[{\"file\":\"a\\nb\",\"value\":1}]}",
                  "W:lists:\"a?b\" of ggi_pkio_crl cannot be read");
    assert_status("{\"time\":1000000,\"ggi_pkio_crl_next_update_timestamp_seconds\":"
                  "[{\"issuer\":\"CN=x\",\"value\":1003599}]}",
                  "W:lists:the list of CN=x expires in 0 hours");
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


static void
test_bundle(void **state)
{
    size_t        i;
    json_t       *list;
    ggi_conf_t    conf;
    ggi_fault_t   fault = ggi_fault_init;

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
        { "include \xff;", "nginx.conf:1: include \xef\xbf\xbd" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_conf_read(&conf, cases[i].text, strlen(cases[i].text), &fault), 1);
        list = ggi_bundle_conf(&conf);
        assert_string_equal(json_string_value(json_array_get(list, 0)), cases[i].becomes);
        json_decref(list);
        ggi_conf_free(&conf);
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_conf),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_bundle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
