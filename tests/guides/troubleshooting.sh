# needs: owncast
bucket
prepare 'install -m 600 .env /etc/spillway/.env && systemctl start spillway'
on_air
try 'curl http://localhost:3000/health' '"signaling": ?"connected"'
as 'spillway check --source …' 'spillway check --source http://127.0.0.1:8080/hls/stream.m3u8' 'cdn.example.org'
as 'spillway check --fix' 'spillway check --fix --source http://127.0.0.1:8080/hls/stream.m3u8' 'cdn.example.org'
try 'sudo systemctl status spillway' 'active \(running\)'
settings "a lost token: remove it, start again" 'sudo rm /var/lib/spillway/admin-token && sudo systemctl restart spillway && sleep 1 && until sudo cat /var/lib/spillway/admin-token; do sleep 0.2; done' '^[A-Za-z0-9_-]{16,}'
