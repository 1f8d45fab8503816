CREATE TABLE `composites` (`id` integer PRIMARY KEY AUTOINCREMENT,`locale` text);

CREATE TABLE `literals` (`id` bigint,`code` varchar(8),PRIMARY KEY (`id`));

CREATE TABLE `numbereds` (`name` text,`seq` integer PRIMARY KEY AUTOINCREMENT);

