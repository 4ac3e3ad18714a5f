-- SPDX-License-Identifier: EUPL-1.2

-- One limit per organisation over all gateways: each of them counts the calls of an OIN in the same Redis. It needs
-- Debian's packages libnginx-mod-http-lua and lua-nginx-redis. conf/README.md, "Limits", shows how it is used.

local limits = {
    host = "127.0.0.1",             -- an address, or the path of a socket as "unix:/run/redis/redis.sock"
    port = 6379,                    -- of the host
    user = nil, password = nil,     -- nil: no AUTH is sent
    timeout = 100,                  -- ms for Redis to answer a call
    pause = 5,                      -- s in which a Redis that did not answer is not asked again by this worker
}

-- A leaky bucket per organisation, as limit_req has, by the clock of Redis. The key holds the moment, in microseconds,
-- at which the bucket is empty. One that is fuller than it can be is of a time before the clock was set back: it counts
-- as full, since nobody may be shut out for as long as that. Returns 0, or after how many microseconds a call would be
-- let through.
local bucket = [[
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local each = 1000000 / ARGV[1]
    local empty = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now)
    if empty > now + (ARGV[2] + 1) * each then
        empty = now + ARGV[2] * each
    end
    local wait = empty - now - ARGV[2] * each
    if wait > 0 then
        return math.ceil(wait)
    end
    empty = empty + each
    redis.call('SET', KEYS[1], empty, 'PX', math.ceil((empty - now) / 1000))
    return 0
]]

local asked_again = 0               -- when a Redis that did not answer is asked again

-- Returns a connection that is set up, or nil and what went wrong.
local function connect()
    local redis = require("nginx.redis"):new()
    local good, fault

    redis:set_timeout(limits.timeout)

    if limits.host:find("^unix:") then
        good, fault = redis:connect(limits.host)
    else
        good, fault = redis:connect(limits.host, limits.port)
    end

    if good and limits.password and redis:get_reused_times() == 0 then
        good, fault = redis:auth(limits.user or "default", limits.password)
    end

    return good and redis, fault
end

-- Returns after how many microseconds a call of an organisation would be let through (0: now), or nil and a fault.
local function ask(oin, rate, burst)
    local redis, fault = connect()
    if not redis then
        return nil, fault
    end

    local wait
    wait, fault = redis:eval(bucket, 1, "ggi:limiet:" .. oin .. ":" .. rate .. ":" .. burst, rate, burst)
    if not wait then
        redis:close()
        return nil, fault
    end

    redis:set_keepalive(60000, 32)
    return wait
end

-- Lets the calls of an organisation through up to rate a second, and burst of them at once, over all gateways. A call
-- beyond that is answered with 429 and says in Retry-After when to come again. When Redis does not answer, the call
-- goes on and the error log tells it: then the limit_req of each gateway is the only limit.
function limits.call(rate, burst)
    local oin = ngx.var.ggi_oin
    local pause = asked_again - ngx.now()

    -- a longer pause than there is comes from a clock that was set back
    if not oin or oin == "" or (pause > 0 and pause <= limits.pause) then
        return
    end

    local wait, fault = ask(oin, rate, burst)
    if not wait then
        asked_again = ngx.now() + limits.pause
        ngx.log(ngx.ERR, "the limits over all gateways are not counted for ", limits.pause, " s: Redis at ",
            limits.host, " did not answer: ", fault)

    elseif wait > 0 then
        ngx.header["Retry-After"] = math.ceil(wait / 1000000)
        return ngx.exit(429)
    end
end

return limits
