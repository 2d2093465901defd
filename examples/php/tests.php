<?php

// landingpad run -- php examples/php/tests.php

declare(strict_types=1);

require __DIR__ . '/offers.php';

function env(string $name): string
{
    return getenv($name) ?: exit("$name is not set. Start this with: landingpad run -- php tests.php\n");
}

/** Send an order to the control plane; /_landingpad/ of the portal lists all orders. */
function order(string $verb, string $path, array $body = []): array
{
    $curl = curl_init(env('LANDINGPAD_URL') . "/_landingpad/$path");
    curl_setopt_array($curl, [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_CUSTOMREQUEST => $verb,
        CURLOPT_POSTFIELDS => json_encode((object) $body),
    ]);
    $body = (string) curl_exec($curl);
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
        throw new RuntimeException("$path: $body");
    }
    return json_decode($body, true, flags: JSON_THROW_ON_ERROR);
}

function same(mixed $expected, mixed $found): void
{
    if ($expected !== $found) {
        throw new AssertionError('expected ' . var_export($expected, true) . ', found ' . var_export($found, true));
    }
}

$tests = [
    'an offer is published and pictured' => function (Offers $offers): void {
        $published = $offers->publish('spring', 'Spring offers & more');
        same(true, str_contains($published['address'], 'spring'));
        same(true, str_ends_with($published['preview'], '.jpg'));
    },
    'its title arrives as it was sent' => function (Offers $offers): void {
        $site = $offers->publish('spring', 'Frühling & Söhne')['site'];
        $rows = $offers->call('landing.site.getList', ['params' => ['select' => ['TITLE'], 'filter' => ['ID' => $site]]]);
        same('Frühling & Söhne', $rows[0]['TITLE']);
    },
    'an error is an exception with its code' => function (Offers $offers): void {
        order('POST', 'faults', ['method' => 'landing.landing.publication', 'error' => 'ACCESS_DENIED', 'times' => 1]);
        try {
            $offers->publish('spring', 'Spring offers');
        } catch (ApiException $error) {
            same('ACCESS_DENIED', $error->apiCode);
            return;
        }
        throw new AssertionError('nothing was thrown');
    },
];

$failed = 0;
foreach ($tests as $name => $test) {
    order('POST', 'reset');
    try {
        $test(new Offers(env('LANDINGPAD_WEBHOOK')));
        echo "ok      $name\n";
    } catch (Throwable $error) {
        $failed++;
        echo "FAILED  $name: {$error->getMessage()}\n";
    }
}
exit($failed === 0 ? 0 : 1);
