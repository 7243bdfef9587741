# needs: owncast
bucket
try 'spillway cost --viewers 600 --minutes 40 --bitrate 2500 --p2p 30' 'R2|r2'
try 'sudo install -m 600 .env /etc/spillway/.env'
try "sudo sh -c 'cd /etc/spillway && spillway check'" 'cdn.example.org'
try 'sudo systemctl enable --now spillway'
on_air
try 'sudo systemctl status spillway' 'active \(running\)'
try 'sudo journalctl -u spillway -n 50' spillway
try 'sudo cat /var/lib/spillway/admin-token' '^[A-Za-z0-9_-]{16,}'
settings "the token opens the API" 'curl -sf -H "Authorization: Bearer $(sudo cat /var/lib/spillway/admin-token)" http://localhost:3000/api/v1/status' '"'
settings "the slate by the API" 'curl -sf -X POST -H "Authorization: Bearer $(sudo cat /var/lib/spillway/admin-token)" -o /dev/null -w "%{http_code}" http://localhost:3000/api/v1/streams/live/slate; true' '^(20|409)'
settings "the replays by the API" 'curl -s -H "Authorization: Bearer $(sudo cat /var/lib/spillway/admin-token)" http://localhost:3000/api/v1/streams/live/replays' '[{[]'
as 'sudo systemctl edit spillway' 'sudo mkdir -p /etc/systemd/system/spillway.service.d && printf "[Service]\nSupplementaryGroups=video\n" | sudo tee /etc/systemd/system/spillway.service.d/override.conf && sudo systemctl daemon-reload && sudo systemctl restart spillway'
on_air
prepare 'sed -i "s#\"Source\": .*#\"Source\": \"rtmp\",#" /etc/spillway/spillway.json && systemctl restart spillway'
tries_until 'sudo cat /var/lib/spillway/keys.json' 'live'
try 'spillway replay list' 'no replays'
try "sudo sh -c 'cd /etc/spillway && spillway sweep'"
as 'sudo apt purge spillway' 'sudo DEBIAN_FRONTEND=noninteractive apt purge -y spillway'
settings "nothing is left" 'sudo ls /etc/spillway /var/lib/spillway /var/lib/private/spillway 2>&1 | grep -c "No such file"; sudo rm -rf /etc/systemd/system/spillway.service.d' '^3'
