-- SPDX-License-Identifier: EUPL-1.2
-- For wrk: POST of 1 KB.
wrk.method = "POST"
wrk.body = string.rep("x", 1024)
