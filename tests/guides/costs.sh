try 'spillway cost --viewers 600 --minutes 40 --bitrate 2500 --p2p 30' 'Class B'
try 'spillway cost --renditions 3 --segment 6 --provider s3 --egress-price 0.05' 'CloudFront'
try 'spillway cost --bitrate 2500,1200,600 --keep 30 --json' '^\{'
