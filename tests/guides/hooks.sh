# needs: owncast
with nodejs openssl
try 'openssl rand -base64 32' '^[A-Za-z0-9+/]{43}=$'
secret=whsec_$(cat /srv/try/said)
block createHmac > $folder/receiver.mjs
block SPILLWAY__HOOKS__OPS__URL | sed "s#=https://.*#=http://127.0.0.1:8090/spillway#; s#=whsec_.*#=$secret#" > $folder/.env
begin 'PORT=8090 SECRET=whsec_… node receiver.mjs' 'listening on 8090' "env PORT=8090 SECRET=$secret node receiver.mjs"
runuser -u me -- bash -c "cd $folder && exec spillway serve --source /home/me/owncast/data/hls" > /srv/try/server 2>&1 &
server=$!
for _ in $(seq 200); do grep -q '^on-air live' /srv/try/begun && break; sleep 0.2; done
if grep -q '^on-air live' /srv/try/begun; then say "ok the receiver is told: on air"; else cp /srv/try/server /srv/try/said; fail "the receiver is told: on air"; fi
kill "$server"
finish
