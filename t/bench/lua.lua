-- SPDX-License-Identifier: EUPL-1.2
-- The policy of the gates as it is commonly written in Lua, for comparison: one record a call, when it has
-- ended; no chain, no masking, no withdrawal.
local cjson = require "cjson.safe"
local gate = { profiles = {}, register = {} }

local function read(path)
    local file = assert(io.open(path))
    local value = assert(cjson.decode(file:read("*a")))
    file:close()
    return value
end

local function set(list)
    local s = {}
    for _, v in ipairs(list) do s[v] = true end
    return s
end

function gate.init(dir)
    for _, p in ipairs(read(dir .. "/profielen.json")) do
        for _, d in pairs(p.diensten) do
            d.methoden, d.doelbindingen = set(d.methoden), set(d.doelbindingen)
            local exact, patterns = {}, {}
            for _, path in ipairs(d.paden) do
                if path:find("*", 1, true) then
                    patterns[#patterns + 1] = "^" .. path:gsub("[%-%.]", "%%%0"):gsub("%*", "[^/]+") .. "$"
                else
                    exact[path] = true
                end
            end
            d.exact, d.patterns = exact, patterns
        end
        gate.profiles[p.oin] = p
    end
    for _, c in ipairs(read(dir .. "/doelbindingen.json").doelbindingen) do
        c.diensten, c.ground = set(c.diensten), cjson.encode(c.grondslag)
        gate.register[c.id] = c
    end
end

local function path_allowed(dienst, path)
    if dienst.exact[path] then return true end
    for _, pattern in ipairs(dienst.patterns) do
        if path:find(pattern) then return true end
    end
    return false
end

local function decide(name, networks)
    local var = ngx.var
    local oin = (var.ssl_client_s_dn or ""):match("serialNumber=(%d+)")
    if not networks:find(var.network, 1, true) then return oin, "network_not_allowed" end
    if not oin or #oin ~= 20 then return oin, "oin_missing" end
    local profile = gate.profiles[oin]
    if not profile then return oin, "profile_not_found" end
    local dienst = profile.diensten[name]
    if not dienst then return oin, "dienst_not_authorised" end
    if not dienst.methoden[ngx.req.get_method()] then return oin, "method_not_authorised" end
    if not path_allowed(dienst, var.uri) then return oin, "path_not_authorised" end
    local claim = var.http_x_doelbinding
    if not claim or claim == "" then return oin, "claim_missing" end
    local known = gate.register[claim]
    if not known then return oin, "claim_unknown" end
    if not known.diensten[name] then return oin, "claim_not_for_dienst" end
    if not dienst.doelbindingen[claim] then return oin, "claim_not_in_profile" end
    return oin, nil, claim, known
end

function gate.judge(name, networks)
    local var = ngx.var
    local oin, reason, claim, known = decide(name, networks)
    var.oin, var.reason = oin or "", reason or ""
    if reason then return ngx.exit(403) end
    local id = var.request_id
    var.doelbinding, var.grondslag = claim, known.ground
    ngx.req.set_header("X-Origin-OIN", oin)
    ngx.req.set_header("traceparent", "00-" .. id .. "-" .. id:sub(1, 16) .. "-01")
    ngx.req.set_header("Fsc-Transaction-Id", id)
end

return gate
